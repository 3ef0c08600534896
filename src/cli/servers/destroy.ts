import { InputError } from '../../core/errors.js';
import { monthly } from '../../core/price.js';
import { shellWord } from '../../core/shell-word.js';
import type { DigitalOceanApi, Droplet } from '../../services/digitalocean/api.js';
import { dropletIdOf } from '../../services/registry/droplet-id.js';
import { forgetServer } from '../../services/registry/forget-server.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import { type Confirmation, isConfirmed } from '../confirm.js';
import { dropletPorts } from '../droplet-ports.js';
import { findServer } from '../find-server.js';
import { onInterrupt } from '../interrupts.js';
import { requireToken } from '../provision.js';
import { say, waitSayer } from '../say.js';
import type { World } from '../world.js';
import { forgetPorts } from './forget-ports.js';
import { checkHealth } from './health.js';
import { type Named, namedOnceMore } from './named.js';

/** The droplet first, and only when it is really gone all that this machine knows of it. Resolves to the exit code. */
export async function destroyServer(world: World, named: Named): Promise<number> {
  const server = await findServer(world, named.label);
  const dropletId = requireDropletId(server, named);
  const api = world.createApi(await requireToken(world));
  const droplet = await api.getDroplet(dropletId);
  if (droplet === undefined) await requireSilentPanel(world, server, named);
  if (!(await isConfirmed(world, confirmation(server, named, droplet)))) {
    say(world, 'Nothing was destroyed.');
    return 1;
  }
  if (droplet === undefined) await requireStillGone(api, server, dropletId);
  else await destroy(world, api, server, droplet);
  await forgetServer(server, forgetPorts(world));
  say(world, `${server.label} is off the list, and nothing is kept for it here.`);
  return 0;
}

function confirmation(
  server: ServerEntry,
  named: Named,
  droplet: Droplet | undefined,
): Confirmation {
  const { providerId, ip } = server;
  const base = namedOnceMore(server, named, 'destroy');
  const kept = 'Its entry, certificate and password on this machine will be deleted';
  if (droplet === undefined) {
    return {
      ...base,
      lines: [
        `Droplet ${providerId} is not in the token’s account any more: there is nothing to destroy.`,
        'If it is in another account than the token, it goes on there, and its certificate is needed.',
        `${kept}.`,
      ],
      question: `Type ${base.answer} to take it off the list; Enter alone leaves it: `,
    };
  }
  const usd = droplet.priceMonthlyUsd;
  return {
    ...base,
    lines: [
      `Droplet ${providerId} at ${ip} and all data on it will be deleted. This cannot be undone.`,
      `${kept} too.${usd === undefined ? '' : ` It stops costing ${monthly(usd)}.`}`,
    ],
    question: `Type ${base.answer} to destroy it; Enter alone leaves it: `,
  };
}

async function destroy(
  world: World,
  api: DigitalOceanApi,
  { label }: ServerEntry,
  { id, priceMonthlyUsd: usd }: Droplet,
): Promise<void> {
  say(world, `Destroying ${label} …`);
  const listening = onInterrupt(
    world,
    `${label} may be destroyed all the same: its entry stays until that is known.\n  look: portlama-tui servers`,
  );
  try {
    const { signal } = new AbortController();
    await dropletPorts(world).destroyDroplet(api, id, signal, waitSayer(world));
  } finally {
    listening.dispose();
  }
  const saved = usd === undefined ? '' : ` It stops costing ${monthly(usd)}.`;
  // Before anything else can fail.
  say(world, `${label} is destroyed: droplet ${id} does not exist any more.${saved}`);
}

/** A droplet that is not in this account, and a panel that answers: then it goes on in another one. */
async function requireSilentPanel(
  world: World,
  server: ServerEntry,
  { label }: Named,
): Promise<void> {
  if ((await checkHealth(world, server)).state !== 'online') return;
  throw new InputError({
    code: 'droplet-elsewhere',
    message: `The panel of ${server.label} answers, but its droplet ${server.providerId} is not in the account of this token.`,
    hint: `Use the token of its own account: portlama-tui token set\nOr only take it off the list: portlama-tui servers remove ${shellWord(label)}`,
  });
}

/** What was agreed to was to take an entry off the list, not to destroy anything. */
async function requireStillGone(
  api: DigitalOceanApi,
  { label }: ServerEntry,
  dropletId: number,
): Promise<void> {
  if ((await api.getDroplet(dropletId)) === undefined) return;
  throw new InputError({
    code: 'droplet-exists',
    message: `Droplet ${dropletId} exists after all, so ${label} stays in the list.`,
    hint: 'Nothing was done. To destroy it, say so once more.',
  });
}

function requireDropletId(server: ServerEntry, { label }: Named): number {
  const id = dropletIdOf(server);
  if (id !== undefined) return id;
  throw new InputError({
    code: 'droplet-unknown',
    message: `${server.label} has no droplet that this program could destroy.`,
    hint: `To take it off the list only: portlama-tui servers remove ${shellWord(label)}`,
  });
}
