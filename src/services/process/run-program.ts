import type { ChildProcess } from 'node:child_process';
import { PortlamaError, systemCodeOf } from '../../core/errors.js';
import { startProgram } from './program.js';

/** A program could not be run to its end. Nothing of its arguments is in the text: one of them may be a secret. */
export class ProgramError extends PortlamaError {
  override readonly name = 'ProgramError';
  declare readonly code: ProgramErrorCode;
}

export type ProgramErrorCode =
  | 'program-missing'
  | 'program-not-started'
  /** Ended because it exceeded its time limit. */
  | 'program-silent'
  /** Ended because it exceeded its output limit. */
  | 'program-endless';

export interface RunProgramOptions {
  /** All of its environment: nothing of ours is handed on. */
  readonly environment: NodeJS.ProcessEnv;
  /** Its standard input; none when left out. */
  readonly input?: string | undefined;
  readonly timeoutMs: number;
  /** Limit for standard output and error each. Default: 1 MiB. */
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ProgramResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAX_BYTES = 1024 * 1024;

/**
 * Runs a program (absolute path, no shell) to its end, whatever its exit code. Rejects with ProgramError, and with
 * the signal's reason when that is aborted.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  options: RunProgramOptions,
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted();
    const child = startProgram(program, [...args], {
      env: options.environment,
      // Run in `/`: a file in the current folder must not be mistaken for a named one.
      cwd: '/',
      stdio: 'pipe',
    });
    const collected = collect(child, options.maxBytes ?? MAX_BYTES, () =>
      end(programError('program-endless', `${program} said too much.`)),
    );
    const timer = setTimeout(() => {
      const seconds = Math.round(options.timeoutMs / 1000);
      end(programError('program-silent', `${program} did not end within ${seconds} s.`));
    }, options.timeoutMs);
    const handleAbort = (): void => end(options.signal?.reason);
    options.signal?.addEventListener('abort', handleAbort, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', handleAbort);
    };
    const end = (reason: unknown): void => {
      settle();
      child.kill('SIGKILL');
      reject(reason instanceof Error ? reason : new Error('aborted'));
    };
    child.on('error', (error) => end(notStarted(program, error)));
    child.on('close', (exitCode) => {
      settle();
      resolve({ exitCode, ...collected() });
    });
    // Ignore a program that ends without reading its input.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
  });
}

/** Gathers what it says; the result gives it as text. */
function collect(
  child: ChildProcess,
  maxBytes: number,
  onTooMuch: () => void,
): () => Pick<ProgramResult, 'stdout' | 'stderr'> {
  const texts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (const name of ['stdout', 'stderr'] as const) {
    let size = 0;
    child[name]?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) onTooMuch();
      else texts[name].push(chunk);
    });
  }
  return () => ({
    stdout: Buffer.concat(texts.stdout).toString('utf8'),
    stderr: Buffer.concat(texts.stderr).toString('utf8'),
  });
}

function notStarted(program: string, cause: Error): ProgramError {
  if (systemCodeOf(cause) === 'ENOENT') {
    return programError('program-missing', `There is no ${program} here.`, cause);
  }
  return programError('program-not-started', `${program} could not be started.`, cause);
}

function programError(code: ProgramErrorCode, message: string, cause?: unknown): ProgramError {
  return new ProgramError({ code, message, cause, retryable: code === 'program-silent' });
}
