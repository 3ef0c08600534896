import { ACTIVITY_LOG } from './activity-log.js';
import { ADD_SERVER } from './add-server.js';
import type { CommandId } from './commands.js';
import { EVERYWHERE } from './everywhere.js';
import { PROVISIONING } from './provisioning.js';
import type { KeyContext, KeyScope } from './scope.js';
import { SERVERS } from './servers.js';
import { WIZARD } from './wizard.js';

/** One line of the key table. Footer, help, palette and the README's table are made from it. */
export interface KeyBinding {
  readonly command: CommandId;
  /** Normal forms of key presses (`n`, `enter`, `ctrl-c`). */
  readonly keys: readonly string[];
  readonly context: KeyContext;
  /** In the footer: a word or two. */
  readonly label: string;
  /** In help and palette: `Create a new server`. */
  readonly description: string;
  /** Place in the footer, smallest first; without one it is only in the help. */
  readonly hint?: number | undefined;
  /** How many of its keys the footer shows; the first one when left out. */
  readonly hintedKeys?: number | undefined;
  /** At the end of the footer, however useful: where it is looked for. */
  readonly last?: boolean | undefined;
  /** It works, but is not worth a place in the footer now. */
  readonly unhinted?: ((scope: KeyScope) => boolean) | undefined;
  /** Why it does nothing now, as a sentence; undefined when it works. */
  readonly disabled?: ((scope: KeyScope) => string | undefined) | undefined;
  /** It makes no sense now: not shown, and the key does nothing. */
  readonly hidden?: ((scope: KeyScope) => boolean) | undefined;
  /** The focused widget answers the key itself: here only so that it is known. */
  readonly byWidget?: boolean | undefined;
  /** Not offered by name in the palette. */
  readonly unnamed?: boolean | undefined;
}

/** Every key of the program. */
export const KEY_TABLE: readonly KeyBinding[] = [
  ...SERVERS,
  ...ADD_SERVER,
  ...WIZARD,
  ...PROVISIONING,
  ...ACTIVITY_LOG,
  ...EVERYWHERE,
];
