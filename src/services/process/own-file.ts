import { fileURLToPath } from 'node:url';

/** Place of this module in the sources, and in tsc's output; in the program it is part of a file in dist. */
const IN_SOURCES = /\/services\/process\/own-file\.[jt]s$/;

/** True in the built program, where modules are parts of files in dist. */
export const IS_BUILT = !IN_SOURCES.test(import.meta.url);

/** Absolute path of a file of the built program: `main.js`. */
export function ownFile(name: string): string {
  const folder = IS_BUILT ? './' : '../../../dist/';
  return fileURLToPath(new URL(folder + name, import.meta.url));
}
