import type { World } from './world.js';

/** A command as it has to be typed to mean the same world: `portlama-tui --sandbox operations attach 0123…`. */
export function commandLine({ settings }: Pick<World, 'settings'>, words: string): string {
  return `portlama-tui${settings.sandbox ? ' --sandbox' : ''} ${words}`;
}
