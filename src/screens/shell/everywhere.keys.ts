import { goBack, interrupt, leave, openOverlay } from '../../app/actions/navigation.js';
import { showStore } from '../../app/actions/secret-store.js';
import { currentRoute } from '../../app/state.js';
import { type Command, hasField, type KeyScope } from './command.js';

/** The keys that are the same on every screen. */
export const EVERYWHERE: readonly Command[] = [
  {
    id: 'help',
    keys: ['?'],
    context: 'everywhere',
    label: 'help',
    description: 'Every key of this screen',
    priority: (scope) => (hasField(scope) ? undefined : 25),
    run: ({ work }) => openOverlay(work, 'help'),
  },
  {
    id: 'leave',
    keys: ['q'],
    context: 'everywhere',
    label: leaveLabel,
    description: 'Leave the screen; on the first screen quit',
    priority: (scope) => (hasField(scope) ? undefined : 56),
    run: ({ work }) => leave(work),
  },
  {
    id: 'palette',
    keys: [':'],
    context: 'everywhere',
    label: 'commands',
    description: 'Every action by name',
    unnamed: true,
    run: ({ work }) => openOverlay(work, 'palette'),
  },
  {
    id: 'activity-log',
    keys: ['L'],
    context: 'everywhere',
    label: 'activity',
    description: 'Activity log: every message so far',
    run: ({ work }) => openOverlay(work, 'activity-log'),
  },
  {
    id: 'doctor',
    keys: ['D'],
    context: 'everywhere',
    label: 'doctor',
    description: 'Where things are kept, and what works here',
    run: ({ work }) => openOverlay(work, 'doctor'),
  },
  {
    id: 'secrets',
    keys: ['K'],
    context: 'everywhere',
    label: 'secrets',
    description: 'Where secrets are kept; open or make a vault',
    run: ({ work }) => showStore(work),
  },
  {
    id: 'back',
    keys: ['escape'],
    context: 'everywhere',
    label: 'back',
    description: 'Back, close, or drop what is being typed; never destroys anything',
    unnamed: true,
    run: ({ work }) => goBack(work),
  },
  {
    id: 'interrupt',
    keys: ['ctrl-c'],
    context: 'everywhere',
    label: leaveLabel,
    description: 'Same as q from anywhere; twice within 2 s quits at once',
    priority: (scope) => (hasField(scope) ? 56 : undefined),
    always: true,
    unnamed: true,
    run: ({ work }) => interrupt(work),
  },
  {
    id: 'redraw',
    keys: ['ctrl-l'],
    context: 'everywhere',
    label: 'redraw',
    description: 'Draw everything again',
    always: true,
    run: ({ host }) => host.redraw(),
  },
  {
    id: 'suspend',
    keys: ['ctrl-z'],
    context: 'everywhere',
    label: 'suspend',
    description: 'Back to the shell for a while; fg returns',
    always: true,
    unnamed: true,
    run: ({ host }) => host.suspend(),
  },
  {
    id: 'next-pane',
    keys: ['tab', 'shift-tab'],
    context: 'everywhere',
    label: 'next pane',
    description: 'Next or previous field or pane',
  },
  {
    id: 'move',
    keys: ['up', 'down', 'left', 'right', 'j', 'k', 'g', 'G', 'pageup', 'pagedown', 'home', 'end'],
    context: 'everywhere',
    label: 'move',
    description: 'Move; in cards h and l as well',
  },
];

function leaveLabel({ state }: KeyScope): string {
  return currentRoute(state).screen === 'servers' ? 'quit' : 'close';
}
