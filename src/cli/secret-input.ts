import { InputError } from '../core/errors.js';
import {
  passphraseStrength,
  requireGoodPassphrase,
} from '../services/keystore/passphrase-strength.js';
import { openPrompt } from './prompt.js';
import { writeText } from './write.js';

const MAX_BYTES = 64 * 1024;

/** A secret from a masked prompt, or from standard input where there is no terminal. Never from arguments. */
export async function readSecret(question: string): Promise<string> {
  if (!process.stdin.isTTY) return (await readInput()).trim();
  const prompt = openPrompt(process.stderr);
  try {
    return await prompt.askSecret(question);
  } finally {
    prompt.close();
  }
}

/**
 * Reads a new passphrase: typed twice with its strength shown, or the first line of standard input without a terminal.
 * Throws InputError when it is refused.
 */
export async function readNewPassphrase(): Promise<string> {
  if (!process.stdin.isTTY) {
    return requireGoodPassphrase((await readInput()).split(/\r?\n/)[0] ?? '');
  }
  const prompt = openPrompt(process.stderr);
  try {
    for (;;) {
      const typed = await prompt.askPassphrase('New passphrase of the vault: ');
      const problem = problemOf(typed);
      writeText(process.stderr, `${problem ?? `Strength: ${passphraseStrength(typed).text}.`}\n`);
      if (problem !== undefined) continue;
      if ((await prompt.askPassphrase('The same again: ')) === typed) return typed;
      writeText(process.stderr, 'They differ.\n');
    }
  } finally {
    prompt.close();
  }
}

function problemOf(typed: string): string | undefined {
  try {
    requireGoodPassphrase(typed);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return `${error.message} ${error.hint ?? ''}`;
    throw error;
  }
}

/** Standard input to its end, at most 64 KiB. */
export async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MAX_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
