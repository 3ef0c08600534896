import { asTyped } from '../core/program-name.js';
import { plainText } from './plain-text.js';
import type { World } from './world.js';

/** One line on standard output: nothing in it that a terminal obeys, and commands as they have to be typed here. */
export function say({ settings }: Pick<World, 'settings'>, line: string): void {
  process.stdout.write(`${plainText(asTyped(line, settings))}\n`);
}
