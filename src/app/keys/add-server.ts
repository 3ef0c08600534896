import type { KeyBinding } from './table.js';

/** A server that is there already. */
export const ADD_SERVER: readonly KeyBinding[] = [
  {
    command: 'add-server.submit',
    keys: ['enter'],
    context: 'add-server',
    label: 'look, then add',
    description: 'Look at the panel, then add it to the list',
    hint: 10,
    disabled: ({ state }) =>
      ['looking', 'adding'].includes(state.addServer?.phase ?? '')
        ? 'The panel is being looked at.'
        : undefined,
  },
  {
    command: 'back',
    keys: ['escape'],
    context: 'add-server',
    label: 'cancel',
    description: 'Close it; nothing is added',
    hint: 50,
    unnamed: true,
    disabled: ({ state }) =>
      state.addServer?.phase === 'adding' ? 'It is being added: a moment.' : undefined,
  },
];
