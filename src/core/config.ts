import type { ColourChanges, ThemeChoice } from './colours.js';

/** File of the home folder with what a person changed of the screens. */
export const CONFIG_FILE = 'config.toml';

/** Keys by the commands that they are for. */
export type KeyChanges = Readonly<Record<string, readonly string[]>>;

export interface Config {
  readonly path: string;
  readonly theme: ThemeChoice | undefined;
  readonly mouse: boolean | undefined;
  readonly colours: ColourChanges;
  readonly keys: KeyChanges;
  /** Sentences about what is wrong in the file; what they are about is as without it. */
  readonly problems: readonly string[];
}
