import type { KeyChanges } from '../../core/config.js';
import type { Key } from '../../widgets/terminal/keys.js';
import type { Command, KeyContext } from './command.js';

/** Keys that the widget in focus takes before any command. */
const BY_WIDGETS: readonly Key[] =
  'up down left right h j k l g G pageup pagedown home end enter space tab shift-tab escape /'.split(
    ' ',
  );
const BY_LOGS: readonly Key[] = ['f', 'w', 'n', 'N'];
/** The regions are found by their first letters. */
const LETTERS = /^[a-z0-9]$/;

export function isWidgets(key: Key, context: KeyContext): boolean {
  if (BY_WIDGETS.includes(key)) return true;
  if (context === 'wizard-region') return LETTERS.test(key);
  return (context === 'provisioning' || context === 'activity-log') && BY_LOGS.includes(key);
}

/** True where the keys of a command are a widget's, or it only tells of them. */
export function isFixed({ run, keys, context }: Command): boolean {
  return run === undefined || keys.some((key) => isWidgets(key, context));
}

/**
 * The commands with the keys of a person's own. Of several with one name in one place only the first gets them: the
 * others are its keys for fields.
 */
export function withKeys(commands: readonly Command[], changes: KeyChanges): readonly Command[] {
  const seen = new Set<string>();
  return commands.map((command) => {
    const place = `${command.context} ${command.id}`;
    const keys = seen.has(place) ? undefined : changes[command.id];
    seen.add(place);
    return keys === undefined || isFixed(command) ? command : { ...command, keys };
  });
}
