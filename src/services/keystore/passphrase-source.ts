import { ENV, PRODUCT } from '../../core/product.js';
import { createReadStream, fstatSync, type Stats } from 'node:fs';
import { Socket } from 'node:net';
import { isAbsolute } from 'node:path';
import type { Readable } from 'node:stream';
import { InputError, PortlamaError } from '../../core/errors.js';
import { commandWords } from '../process/command-words.js';
import { startProgram, userProgramEnvironment } from '../process/program.js';

/** Source of the vault's passphrase without a prompt. */
export type PassphraseSource =
  | { readonly kind: 'descriptor'; readonly descriptor: number }
  /** Started without a shell; the first word is an absolute path. */
  | { readonly kind: 'command'; readonly command: readonly [string, ...string[]] };

/** The passphrase was to come from somewhere, and did not. */
export class PassphraseError extends PortlamaError {
  override readonly name = 'PassphraseError';
}

const MAX_BYTES = 4096;
/** Time limit, long enough to touch a security key or type a PIN. */
const TIMEOUT_MS = 60_000;
const FIRST_DESCRIPTOR = 3;

/** Reads the settings PORTLAMA_VAULT_PASSPHRASE_FD and _COMMAND; InputError for what cannot be meant. */
export function parsePassphraseSource(
  descriptor: string | undefined,
  command: string | undefined,
): PassphraseSource | undefined {
  if (descriptor !== undefined && command !== undefined) {
    throw invalid(
      `${ENV.passphraseFd} and ${ENV.passphraseCommand} are both set.`,
      'Set one of them.',
    );
  }
  if (command !== undefined) return { kind: 'command', command: parseCommand(command) };
  if (descriptor === undefined) return undefined;
  const number = /^\d{1,4}$/.test(descriptor) ? Number(descriptor) : -1;
  if (number === 0 || number >= FIRST_DESCRIPTOR) return { kind: 'descriptor', descriptor: number };
  throw invalid(
    `${ENV.passphraseFd} must be the number of a file descriptor: 0, or 3 and up.`,
    `For example ${ENV.passphraseFd}=3, and behind the command: 3< <(pass show ${PRODUCT})`,
  );
}

/** A source that is read once, at the first call; the first line is the passphrase. Rejects with PassphraseError. */
export function passphraseReader(
  source: PassphraseSource,
  environment: NodeJS.ProcessEnv,
  timeoutMs = TIMEOUT_MS,
): () => Promise<string> {
  let read: Promise<string> | undefined;
  return () =>
    (read ??=
      source.kind === 'command'
        ? runCommand(source.command, environment, timeoutMs)
        : readDescriptor(source.descriptor, timeoutMs));
}

async function readDescriptor(descriptor: number, timeoutMs: number): Promise<string> {
  const name = `File descriptor ${descriptor} (${ENV.passphraseFd})`;
  const stream = openDescriptor(descriptor, name);
  return await firstLine(stream, name, timeoutMs).finally(() => stream.destroy());
}

function openDescriptor(descriptor: number, name: string): Readable {
  let stats: Stats;
  try {
    stats = fstatSync(descriptor);
  } catch (error) {
    throw unavailable(`${name} is not open.`, error);
  }
  if (stats.isFile()) return createReadStream('', { fd: descriptor });
  // A pipe can be given up; a file is never waited for.
  if (stats.isFIFO() || stats.isSocket()) return new Socket({ fd: descriptor, writable: false });
  throw unavailable(`${name} is neither a file nor a pipe.`);
}

function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  environment: NodeJS.ProcessEnv,
  timeoutMs: number,
): Promise<string> {
  const name = `The command of ${ENV.passphraseCommand} (${program})`;
  return new Promise((resolve, reject) => {
    // Leave the program's prompts on the terminal; its other output may hold the passphrase.
    const child = startProgram(program, args, {
      env: userProgramEnvironment(environment),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.on('error', (error) => reject(unavailable(`${name} could not be started.`, error)));
    const ended = new Promise<number | null>((done) => child.on('close', (code) => done(code)));
    firstLine(child.stdout, name, timeoutMs)
      .then(async (line) => {
        const code = await ended;
        if (code !== 0) throw unavailable(`${name} failed with exit code ${code ?? 'none'}.`);
        resolve(line);
      })
      .catch(async (error: unknown) => {
        child.kill('SIGKILL');
        const code = await ended;
        const failed = code !== 0 && code !== null;
        reject(failed ? unavailable(`${name} failed with exit code ${code}.`) : error);
      });
  });
}

/** Everything up to the end, of which the first line counts. */
function firstLine(stream: Readable, name: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (outcome: () => void): void => {
      clearTimeout(timer);
      outcome();
    };
    const fail = (message: string, cause?: unknown): void =>
      settle(() => reject(unavailable(message, cause)));
    const timer = setTimeout(
      () => fail(`${name} gave nothing within ${timeoutMs / 1000} s.`),
      timeoutMs,
    );
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > MAX_BYTES) fail(`${name} gave more than ${MAX_BYTES} bytes.`);
    });
    stream.on('error', (error) => fail(`${name} could not be read.`, error));
    stream.on('end', () => {
      const [line = ''] = Buffer.concat(chunks).toString('utf8').split(/\r?\n/);
      if (line === '') fail(`${name} gave no passphrase.`);
      else settle(() => resolve(line));
    });
  });
}

function parseCommand(text: string): [string, ...string[]] {
  const words = commandWords(text);
  if (words === undefined) {
    throw invalid(
      `${ENV.passphraseCommand} has an unclosed quote.`,
      'It is split at spaces; quotes and backslashes keep words together.',
    );
  }
  const [program, ...args] = words;
  if (program !== undefined && isAbsolute(program)) return [program, ...args];
  throw invalid(
    `${ENV.passphraseCommand} must begin with the absolute path of a program.`,
    `It is started without a shell, for example: /usr/bin/pass show ${PRODUCT}`,
  );
}

function invalid(message: string, hint: string): InputError {
  return new InputError({ code: 'passphrase-source-invalid', message, hint });
}

function unavailable(message: string, cause?: unknown): PassphraseError {
  return new PassphraseError({
    code: 'passphrase-unavailable',
    message,
    hint: 'It must give the passphrase as its first line, and then end.',
    cause,
  });
}
