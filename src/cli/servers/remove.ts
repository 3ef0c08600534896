import { isCloudServer } from '../../app/server-rows.js';
import { serverWord } from '../../app/server-word.js';
import { InputError } from '../../core/errors.js';
import { forgetServer } from '../../services/registry/forget-server.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import { type Confirmation, isConfirmed } from '../confirm.js';
import { say } from '../say.js';
import type { World } from '../world.js';
import { forgetPorts } from './forget-ports.js';

/** Takes a server off the list and deletes what this machine keeps for it; the server itself is not touched. */
export async function removeServer(
  world: World,
  server: ServerEntry,
  given: string | undefined,
): Promise<number> {
  const { label, providerId } = server;
  const isCloud = isCloudServer(server);
  const confirmation: Confirmation = {
    lines: [
      `${label} will be taken off the list. The server itself is not touched and keeps running.`,
      ...(isCloud
        ? [`If droplet ${providerId} exists, it goes on costing money until it is destroyed.`]
        : []),
      'Its certificate and password on this machine will be deleted.',
    ],
    question: 'Type yes to remove it; Enter alone leaves it: ',
    answer: 'yes',
    given,
    isEnough: (text) => text === serverWord(server),
    refusal: () => notNamed(server, 'remove'),
  };
  if (!(await isConfirmed(world, confirmation))) {
    say(world, 'Nothing was removed.');
    return 1;
  }
  await forgetServer(server, forgetPorts(world));
  say(world, `${label} is off the list.`);
  return 0;
}

/** Nobody could be asked, and what was given names another server, or none. */
export function notNamed(server: ServerEntry, action: 'remove' | 'destroy'): InputError {
  const word = serverWord(server);
  const done = action === 'remove' ? 'removed' : 'destroyed';
  return new InputError({
    code: 'not-confirmed',
    message: `${server.label} is ${done} only when it is named once more: nothing was done.`,
    hint: `If it is really to go: portlama-tui servers ${action} ${word} --yes ${word}`,
  });
}
