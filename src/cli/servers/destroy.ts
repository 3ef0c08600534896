import { isCloudServer } from '../../app/server-rows.js';
import { serverWord } from '../../app/server-word.js';
import { InputError } from '../../core/errors.js';
import { monthly } from '../../core/price.js';
import {
  type DigitalOceanApi,
  type Droplet,
  MANAGED_TAG,
} from '../../services/digitalocean/api.js';
import { destroyDroplet } from '../../services/provisioning/destroy-droplet.js';
import { forgetServer } from '../../services/registry/forget-server.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import { type Confirmation, isConfirmed } from '../confirm.js';
import { requireToken } from '../provision.js';
import { say, waitSayer } from '../say.js';
import { type World, worldTiming } from '../world.js';
import { forgetPorts } from './forget-ports.js';
import { checkHealth } from './health.js';
import { notNamed } from './remove.js';

/** The droplet first, and only when it is really gone all that this machine knows of it. Resolves to the exit code. */
export async function destroyServer(
  world: World,
  server: ServerEntry,
  given: string | undefined,
): Promise<number> {
  const dropletId = requireDropletId(server);
  const api = world.createApi(await requireToken(world));
  const droplet = await api.getDroplet(dropletId);
  if (droplet === undefined) await requireSilentPanel(world, server);
  if (!(await isConfirmed(world, confirmation(server, droplet, given)))) {
    say(world, 'Nothing was destroyed.');
    return 1;
  }
  say(world, `Destroying ${server.label} …`);
  const outcome = await destroy(world, api, dropletId);
  await forgetServer(server, forgetPorts(world));
  say(world, outcomeText(server, droplet, outcome));
  return 0;
}

/** A droplet that is not in this account, and a panel that answers: then it goes on in another one. */
async function requireSilentPanel(world: World, server: ServerEntry): Promise<void> {
  if ((await checkHealth(world, server)).state !== 'online') return;
  const word = serverWord(server);
  throw new InputError({
    code: 'droplet-elsewhere',
    message: `The panel of ${server.label} answers, but its droplet ${server.providerId} is not in the account of this token.`,
    hint: `Use the token of its own account: portlama-tui token set\nOr only take it off the list: portlama-tui servers remove ${word}`,
  });
}

function confirmation(
  server: ServerEntry,
  droplet: Droplet | undefined,
  given: string | undefined,
): Confirmation {
  const { providerId, ip } = server;
  const word = serverWord(server);
  const what =
    droplet === undefined
      ? [
          `Droplet ${providerId} is not in the token’s account any more: there is nothing to destroy.`,
          'If it is in another account than the token, it goes on there, and its certificate is needed.',
        ]
      : [
          `Droplet ${providerId} at ${ip} and all data on it will be deleted. This cannot be undone.`,
        ];
  return {
    lines: [...what, 'Its entry, certificate and password on this machine will be deleted too.'],
    question: `Type ${word} to ${droplet === undefined ? 'take it off the list' : 'destroy it'}; Enter alone leaves it: `,
    answer: word,
    given,
    isEnough: (text) => text === word,
    refusal: () => notNamed(server, 'destroy'),
  };
}

async function destroy(
  world: World,
  api: DigitalOceanApi,
  dropletId: number,
): Promise<'removed' | 'absent'> {
  return await destroyDroplet(dropletId, {
    api,
    clock: world.clock,
    timing: worldTiming(world),
    requiredTags: [MANAGED_TAG],
    onWaiting: waitSayer(world),
    signal: new AbortController().signal,
  });
}

function outcomeText(
  { label, providerId }: ServerEntry,
  droplet: Droplet | undefined,
  outcome: 'removed' | 'absent',
): string {
  if (outcome === 'absent')
    return `${label} is off the list: droplet ${providerId} was gone already.`;
  const usd = droplet?.priceMonthlyUsd;
  const saved = usd === undefined ? '' : ` It stops costing ${monthly(usd)}.`;
  return `${label} is destroyed: droplet ${providerId} does not exist any more.${saved}`;
}

function requireDropletId(server: ServerEntry): number {
  const id = Number(server.providerId);
  if (isCloudServer(server) && Number.isSafeInteger(id) && id > 0) return id;
  throw new InputError({
    code: 'droplet-unknown',
    message: `${server.label} has no droplet that this program could destroy.`,
    hint: `To take it off the list only: portlama-tui servers remove ${serverWord(server)}`,
  });
}
