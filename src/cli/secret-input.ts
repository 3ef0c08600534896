import { InputError } from '../core/errors.js';
import { Declined } from '../usecases/face.js';
import type { SecretQuestion } from '../words/question.js';
import { secretHelp } from '../words/question-help.js';
import { openPrompt, type Prompt } from './prompt.js';
import { type Spelling, spelled } from './say.js';
import { writeLine } from './write.js';

const MAX_BYTES = 64 * 1024;

/**
 * A secret from a masked prompt on standard error, or from standard input without a terminal; never from arguments.
 * Of a new secret on standard input the first line counts. Declined: nothing was typed.
 */
export async function askSecret(
  question: SecretQuestion,
  shared?: Prompt,
  spelling: Spelling = {},
): Promise<string> {
  if (!process.stdin.isTTY) return await readSecret(question);
  const prompt = shared ?? openPrompt(process.stderr);
  const tell = (line: string): void => writeLine(process.stderr, spelled(line, spelling));
  try {
    for (const line of question.lines ?? []) tell(line);
    return await askAt(prompt, question, tell);
  } finally {
    if (prompt !== shared) prompt.close();
  }
}

/** Rest of standard input after earlier questions; it ends once. */
let unread: Promise<string> | undefined;

async function readSecret({ fresh, isLine, unlessTyped }: SecretQuestion): Promise<string> {
  if (unlessTyped !== undefined) throw unlessTyped;
  unread ??= readInput();
  const input = (await unread).replace(/\r?\n$/, '');
  if (fresh === undefined && isLine !== true) {
    unread = Promise.resolve('');
    return input;
  }
  const [line = '', ...rest] = input.split(/\r?\n/);
  unread = Promise.resolve(rest.join('\n'));
  // Judge it as at the prompt: an empty passphrase would encrypt for anybody.
  const judged = fresh?.judge(line);
  if (judged?.refused === true)
    throw new InputError({ code: 'secret-refused', message: judged.text });
  return line;
}

async function askAt(
  prompt: Prompt,
  question: SecretQuestion,
  tell: (line: string) => void,
): Promise<string> {
  const { field, fresh } = question;
  const asking = { help: secretHelp(question) };
  for (;;) {
    const typed = await prompt.askPassphrase(`${field}: `, asking);
    if (typed === '') throw new Declined();
    if (fresh === undefined) return typed;
    const { refused, text } = fresh.judge(typed);
    tell(text);
    if (refused) continue;
    if ((await prompt.askPassphrase(`${fresh.repeat}: `, asking)) === typed) return typed;
    tell('The passphrases do not match.');
  }
}

/** Standard input to its end, at most 64 KiB. */
async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MAX_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
