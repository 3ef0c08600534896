import {
  type ChildProcess,
  fork,
  type ForkOptions,
  spawn,
  type SpawnOptions,
} from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { isAbsolute } from 'node:path';
import { ENV_PREFIX } from '../../core/product.js';
import { PortlamaError, systemCodeOf } from '../../core/errors.js';

/** Places, language, terminal, and the way to the desktop and its services. */
const HANDED_ON = [
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|TMPDIR)$/,
  /^(?:LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM)$/,
  /^(?:DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|ICEAUTHORITY|SESSION_MANAGER|DBUS_SESSION_BUS_ADDRESS)$/,
  /^XDG_[A-Z_]+$/,
  /^(?:DESKTOP_SESSION|KDE_FULL_SESSION|KDE_SESSION_VERSION|GNOME_DESKTOP_SESSION_ID)$/,
  /^(?:GNOME_KEYRING_CONTROL|BROWSER|GDK_BACKEND|QT_QPA_PLATFORM|MOZ_ENABLE_WAYLAND)$/,
  // xdg-open and the Windows side of WSL.
  /^(?:WSL_DISTRO_NAME|WSL_INTEROP)$/,
];

/**
 * The part of an environment that a program started here gets, and what is added to it by name. An allow-list:
 * tokens, NODE_OPTIONS, and whatever else this process was given, stay in this process.
 */
export function childEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
  added: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) =>
    HANDED_ON.some((pattern) => pattern.test(name)),
  );
  return { ...Object.fromEntries(kept), ...added };
}

/**
 * The environment of a program that its user named: it may depend on any variable of theirs, and gets all but this
 * program's own and what would change a Node.js process.
 */
export function userProgramEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) => !name.startsWith(ENV_PREFIX) && name !== 'NODE_OPTIONS',
  );
  return Object.fromEntries(kept);
}

/** The first of these places where there is a program. PATH is never asked: whoever can put a folder there would run. */
export function findProgram(places: readonly string[]): string | undefined {
  return places.find((path) => isAbsolute(path) && isExecutable(path));
}

/**
 * `spawn` for a program at an absolute path, without a shell. The only way in which anything is started here
 * (test/programs.test.ts); a name that would be looked up in PATH is a defect, and throws. Without `env` it gets
 * `childEnvironment()`, never all of this process's environment.
 */
export const startProgram = ((program: string, args: readonly string[], options?: SpawnOptions) => {
  requireAbsolute(program);
  return spawn(program, args, { ...options, env: environmentOf(options), shell: false });
}) as typeof spawn;

/** A module of ours in a Node.js process of its own; its environment as with `startProgram`. */
export function startModule(
  path: string,
  args: readonly string[],
  options: ForkOptions,
): ChildProcess {
  requireAbsolute(path);
  return fork(path, args, { ...options, env: environmentOf(options) });
}

function environmentOf(options: { readonly env?: NodeJS.ProcessEnv | undefined } = {}) {
  return options.env ?? childEnvironment();
}

function requireAbsolute(path: string): void {
  if (!isAbsolute(path)) throw new TypeError(`${JSON.stringify(path)} is no absolute path.`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

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
  /** Reading of its standard output; `latin1` keeps each byte. Default: UTF-8. */
  readonly encoding?: 'utf8' | 'latin1' | undefined;
  /** Gets standard output as it comes, instead of the result. Neither limit holds from its first byte on. */
  readonly handleOutput?: ((chunk: Buffer) => void) | undefined;
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
    const collected = collect(child, options, () =>
      end(programError('program-endless', `${program} printed too much output.`)),
    );
    const timer = setTimeout(() => {
      const seconds = Math.round(options.timeoutMs / 1000);
      end(programError('program-silent', `${program} did not end within ${seconds} s.`));
    }, options.timeoutMs);
    if (options.handleOutput !== undefined) child.stdout?.once('data', () => clearTimeout(timer));
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
  {
    maxBytes = MAX_BYTES,
    encoding = 'utf8',
    handleOutput,
  }: Pick<RunProgramOptions, 'maxBytes' | 'encoding' | 'handleOutput'>,
  onTooMuch: () => void,
): () => Pick<ProgramResult, 'stdout' | 'stderr'> {
  const texts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (const name of ['stdout', 'stderr'] as const) {
    if (name === 'stdout' && handleOutput !== undefined) {
      child.stdout?.on('data', handleOutput);
      continue;
    }
    let size = 0;
    child[name]?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) onTooMuch();
      else texts[name].push(chunk);
    });
  }
  return () => ({
    stdout: Buffer.concat(texts.stdout).toString(encoding),
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
