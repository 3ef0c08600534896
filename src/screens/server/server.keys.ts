import type { Command, KeyContext } from '../shell/command.js';
import { spanCommand, spanKey, SPANS } from './spans.js';

export interface ServerControls {
  /** Shows the span at this place of `SPANS`. */
  showSpan(index: number): void;
  /** Shows a shorter or longer span. */
  stepSpan(step: 1 | -1): void;
}

/** Keys of the page alone. */
export const SERVER_PAGE: readonly Command<ServerControls>[] = [
  {
    id: 'server.shorter',
    keys: ['['],
    context: 'server',
    label: 'shorter',
    description: 'Show a shorter span of the history',
    run: ({ screen }) => screen.stepSpan(-1),
  },
  {
    id: 'server.longer',
    keys: [']'],
    context: 'server',
    label: 'longer',
    description: 'Show a longer span of the history',
    priority: 45,
    run: ({ screen }) => screen.stepSpan(1),
  },
  ...SPANS.map(({ name, words }, index): Command<ServerControls> => {
    return {
      id: spanCommand(name),
      keys: [spanKey(index)],
      context: 'server',
      label: name,
      description: `Show the last ${words}`,
      run: ({ screen }) => screen.showSpan(index),
    };
  }),
];

const PAGE: KeyContext = 'server';

/** Commands of the list that act on one server, for its page. */
export function onServerPage(commands: readonly Command[]): readonly Command[] {
  return commands
    .filter(({ onPage }) => onPage === true)
    .map((command) => ({ ...command, context: PAGE }));
}
