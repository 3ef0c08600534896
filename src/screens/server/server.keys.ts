import type { Command } from '../shell/command.js';

/** The page's own place of commands that act on one server of the list. */
export function onServerPage(commands: readonly Command[]): readonly Command[] {
  return commands
    .filter(({ onPage }) => onPage === true)
    .map((command) => ({ ...command, context: 'server' }));
}
