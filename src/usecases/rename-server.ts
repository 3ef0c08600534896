import { InputError, PortlamaError } from '../core/errors.js';
import { dropletName } from '../core/product.js';
import { dropletIdOf, type ServerEntry } from '../services/registry/registry.js';
import { renamedText, renameInListQuestion } from '../words/servers.js';
import { requireFreeLabel } from './labels.js';
import { openServer } from './open-accounts.js';
import { actHeld } from './power-server.js';
import { requireServer } from './servers.js';
import type { KeyWork } from './work.js';

/**
 * Gives a server another label, and its droplet the name that goes with it. Where DigitalOcean does not allow that, the
 * person is asked if the label alone is to change. The host name inside the droplet stays.
 */
export async function renameServer(
  wanted: string,
  newLabel: string,
  work: KeyWork,
): Promise<ServerEntry> {
  const server = await requireServer(work, wanted);
  if (newLabel.trim() === server.label) throw sameLabel(server);
  const label = await requireFreeLabel(work, newLabel.trim());
  const droplet = await renameDroplet(server, label, work).catch(async (error: unknown) => {
    if (!isRefusal(error)) throw error;
    await work.face.confirm(renameInListQuestion(server, label, error.message, wanted));
    return undefined;
  });
  const renamed = await work.registry.change(server.id, { label });
  work.news({ kind: 'servers-changed' });
  work.face.say(renamedText(server, label, droplet), 'ok');
  return renamed;
}

/** Resolves to the droplet's new name; undefined where there is none to rename. */
async function renameDroplet(
  server: ServerEntry,
  label: string,
  work: KeyWork,
): Promise<string | undefined> {
  const id = dropletIdOf(server);
  if (id === undefined) return undefined;
  const { api, droplet } = await openServer(server, work);
  const name = dropletName(label);
  if (droplet === undefined || droplet.name === name) return droplet?.name;
  return (await actHeld(server, droplet, { type: 'rename', name }, api, work)).name;
}

/** Failures after which the droplet certainly has its old name, and trying again changes nothing. */
function isRefusal(error: unknown): error is PortlamaError {
  const codes = [
    'scope-missing',
    'token-missing',
    'account-missing',
    'droplet-absent',
    'droplet-not-ours',
    'droplet-locked',
  ];
  return error instanceof PortlamaError && codes.includes(error.code);
}

function sameLabel({ label }: ServerEntry): InputError {
  return new InputError({
    code: 'label-same',
    message: `The server is already called ${label}.`,
    hint: 'Give another label.',
  });
}
