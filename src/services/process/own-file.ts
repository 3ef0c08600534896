import { join } from 'node:path';

/** Place of this module in the sources, and in tsc's output; in the program it is part of a file in dist. */
const IN_SOURCES = /[/\\]services[/\\]process$/;

/** True in the built program, where modules are parts of files in dist. */
export const IS_BUILT = !IN_SOURCES.test(import.meta.dirname);

/** Absolute path of a file of the built program: `main.js`. */
export function ownFile(name: string): string {
  return join(import.meta.dirname, IS_BUILT ? '.' : '../../../dist', name);
}
