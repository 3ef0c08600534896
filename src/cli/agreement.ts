import { quoted } from '../core/errors.js';
import { Declined } from '../usecases/face.js';
import type { Console } from './console.js';

/** Texts that decline a question for `yes`. */
const NO = ['n', 'no'];

/**
 * Asks until `answer` is typed: another text stays at the question and says so, because it is more often a slip than a
 * refusal. Throws Declined for nothing, and for `no` where `yes` is asked for.
 */
export async function askToAgree(
  question: string,
  answer: string,
  help: readonly string[],
  console: Pick<Console, 'ask' | 'say'>,
): Promise<void> {
  const asking = { help };
  for (;;) {
    const typed = await console.ask(question, asking);
    if (typed === answer) return;
    if (typed === '' || (answer === 'yes' && NO.includes(typed.toLowerCase())))
      throw new Declined();
    console.say(`${quoted(typed)} is not ${answer}.`);
  }
}
