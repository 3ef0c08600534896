import { fileURLToPath } from 'node:url';

/** The program's own entry, for starting it again as a worker or as the sandbox. */
export function mainModule(): string {
  return fileURLToPath(new URL('../main.js', import.meta.url));
}
