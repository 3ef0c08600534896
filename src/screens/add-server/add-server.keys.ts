import { submitAddServer } from '../../app/actions/add-server.js';
import { goBack } from '../../app/actions/navigation.js';
import type { Command } from '../shell/command.js';

/** An existing server. */
export const ADD_SERVER: readonly Command[] = [
  {
    id: 'add-server.submit',
    keys: ['enter'],
    context: 'add-server',
    label: 'check and add',
    description: 'Check the panel, then add it to the list',
    priority: 10,
    disabled: ({ state }) =>
      ['looking', 'adding'].includes(state.addServer?.phase ?? '')
        ? 'Checking the panel…'
        : undefined,
    run: ({ work }) => submitAddServer(work),
  },
  {
    id: 'back',
    keys: ['escape'],
    context: 'add-server',
    label: 'cancel',
    description: 'Close without adding',
    priority: 50,
    unnamed: true,
    disabled: ({ state }) => (state.addServer?.phase === 'adding' ? 'Adding…' : undefined),
    run: ({ work }) => goBack(work),
  },
];
