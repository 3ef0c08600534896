import { asTyped } from '../core/program-name.js';
import { plainText } from './plain-text.js';
import type { World } from './world.js';

/** One line on standard output: nothing in it that a terminal obeys, and commands as they have to be typed here. */
export function say({ settings }: Pick<World, 'settings'>, line: string): void {
  process.stdout.write(`${plainText(asTyped(line, settings))}\n`);
}

/** Says what is being waited for, once for as long as it is the same. */
export function waitSayer(world: Pick<World, 'settings'>): (text: string) => void {
  let last: string | undefined;
  return (text) => {
    if (text !== last) say(world, `  ${text}`);
    last = text;
  };
}
