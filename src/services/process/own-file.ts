import { fileURLToPath } from 'node:url';

/** Place of this module in the sources, and in tsc's output; in the program it is part of a file in dist. */
const IN_SOURCES = /\/services\/process\/own-file\.[jt]s$/;

/** Absolute path of a file of the built program: `main.js`. */
export function ownFile(name: string): string {
  const folder = IN_SOURCES.test(import.meta.url) ? '../../../dist/' : './';
  return fileURLToPath(new URL(folder + name, import.meta.url));
}
