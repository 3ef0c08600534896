import { goBack, interrupt, leave, openOverlay } from '../../app/actions/navigation.js';
import { showAccounts, showStore } from '../../app/actions/secret-store.js';
import { currentRoute } from '../../app/state.js';
import { type Command, hasField, type KeyScope } from './command.js';

/** The keys that are the same on every screen. */
export const EVERYWHERE: readonly Command[] = [
  {
    id: 'help',
    synonyms: ['keys', 'shortcuts', 'how'],
    keys: ['?'],
    context: 'everywhere',
    label: 'help',
    description: 'Show all keys of this screen',
    priority: (scope) => (hasField(scope) ? undefined : 25),
    run: ({ work }) => openOverlay(work, 'help'),
  },
  {
    id: 'help',
    keys: ['f1'],
    context: 'everywhere',
    label: 'help',
    description: 'Like ?, in a field too',
    priority: (scope) => (hasField(scope) ? 25 : undefined),
    always: true,
    unnamed: true,
    run({ work, state }) {
      // A question above keeps what is typed into it.
      if (state.dialogs.length > 0) return;
      if (state.overlay === 'help') work.store.dispatch({ type: 'overlay-closed' });
      else openOverlay(work, 'help');
    },
  },
  {
    id: 'leave',
    synonyms: ['quit', 'exit', 'close'],
    keys: ['q'],
    context: 'everywhere',
    label: leaveLabel,
    description: 'Leave the screen; quit on the first one',
    priority: (scope) => (hasField(scope) ? undefined : 56),
    run: ({ work }) => leave(work),
  },
  {
    id: 'palette',
    keys: [':'],
    context: 'everywhere',
    label: 'commands',
    description: 'Run a command by name',
    unnamed: true,
    run: ({ work }) => openOverlay(work, 'palette'),
  },
  {
    id: 'activity-log',
    synonyms: ['log', 'history', 'messages', 'events'],
    keys: ['L'],
    context: 'everywhere',
    label: 'activity',
    description: 'Show the activity log',
    run: ({ work }) => openOverlay(work, 'activity-log'),
  },
  {
    id: 'doctor',
    synonyms: ['check', 'diagnose', 'problems', 'health'],
    keys: ['D'],
    context: 'everywhere',
    label: 'doctor',
    description: 'Check this machine and the account',
    run: ({ work }) => openOverlay(work, 'doctor'),
  },
  {
    id: 'secrets',
    synonyms: ['vault', 'keyring', 'credentials', 'password', 'unlock'],
    keys: ['K'],
    context: 'everywhere',
    label: 'secrets',
    description: 'Credential store: show, unlock or create a vault',
    run: ({ work }) => showStore(work),
  },
  {
    id: 'accounts',
    synonyms: ['account', 'token', 'tokens', 'team', 'digitalocean'],
    keys: ['T'],
    context: 'everywhere',
    label: 'accounts',
    description: 'Accounts of DigitalOcean: show, choose, add',
    run: ({ work }) => showAccounts(work),
  },
  {
    id: 'back',
    keys: ['escape'],
    context: 'everywhere',
    label: 'back',
    description: 'Go back, close, or clear the input',
    unnamed: true,
    run: ({ work }) => goBack(work),
  },
  {
    id: 'interrupt',
    keys: ['ctrl-c'],
    context: 'everywhere',
    label: leaveLabel,
    description: 'Like q, even in a field; twice within 2 s quits',
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
    description: 'Redraw the screen',
    always: true,
    run: ({ host }) => host.redraw(),
  },
  {
    id: 'suspend',
    keys: ['ctrl-z'],
    context: 'everywhere',
    label: 'suspend',
    description: 'Suspend to the shell; fg resumes',
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
