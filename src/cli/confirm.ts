import type { InputError } from '../core/errors.js';
import { askOnce } from './prompt.js';
import { say } from './say.js';
import type { World } from './world.js';

/** A server as it was named on the command line, and what came with --yes. */
export interface Named {
  /** Its label or id. */
  readonly label: string;
  readonly confirmed: string | undefined;
}

/** What is asked before something that cannot be undone. */
export interface Confirmation {
  /** What is going to happen. */
  readonly lines: readonly string[];
  /** `Type edge to destroy it; Enter alone leaves it: ` */
  readonly question: string;
  /** The only answer that means yes. */
  readonly answer: string;
  /** What came with --yes, and whether that is enough: then nothing is asked. */
  readonly given: string | undefined;
  readonly isEnough: (given: string) => boolean;
  /** What --yes should have been, for where nobody can be asked. */
  readonly refusal: () => InputError;
}

/** Asks at a terminal; without one only what was given counts, and anything else rejects with the refusal. */
export async function isConfirmed(
  world: World,
  { lines, question, answer, given, isEnough, refusal }: Confirmation,
): Promise<boolean> {
  if (given === undefined && process.stdin.isTTY && process.stdout.isTTY) {
    for (const line of lines) say(world, line);
    return (await askOnce(question)) === answer;
  }
  if (given !== undefined && isEnough(given)) return true;
  throw refusal();
}
