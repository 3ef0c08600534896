import type { ActionContext } from './context.js';
import { refreshServers } from './servers.js';

/** Asks first: changes since the last backup are not in it. */
export function askToRestore(context: ActionContext): void {
  const { messages, ports } = context;
  messages.dialog({
    kind: 'question',
    title: 'Start from the newest backup?',
    lines: [
      `The newest backup takes the place of ${ports.environment.serversPath}.`,
      'The file that cannot be read is kept beside it. What was changed since that backup is missing in the list.',
    ],
    yes: 'Restore',
    no: 'No',
    danger: false,
    typed: undefined,
    onYes: () => restoreServers(context),
  });
}

/** Puts the newest backup in the place of a file that cannot be read. */
function restoreServers(context: ActionContext): Promise<void> {
  const { ports, run, messages } = context;
  const failure = 'The backup was not restored';
  return run({ title: 'Restoring the newest backup', failure, keepsOpen: true }, async () => {
    const kept = await ports.restoreServers();
    await refreshServers(context);
    messages.toast('ok', `The list is back. The unreadable file is kept as ${kept}`);
  });
}
