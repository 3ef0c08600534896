import {
  type ChildProcess,
  type ForkOptions,
  fork,
  spawn,
  type SpawnOptions,
} from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { isAbsolute } from 'node:path';
import { childEnvironment } from './child-environment.js';

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
