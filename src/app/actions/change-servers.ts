import { activateServer } from '../../usecases/activate-server.js';
import { destroyServer } from '../../usecases/destroy-server.js';
import { removeServer } from '../../usecases/remove-server.js';
import { restoreServers } from '../../usecases/restore-servers.js';
import { findServer, isCloudServer } from '../server-rows.js';
import { compareAgain } from './compare-droplets.js';
import type { ActionContext } from './context.js';
import type { Failure } from './run.js';
import { runUseCase } from './use-case.js';

export async function setActive(context: ActionContext, id: string): Promise<void> {
  const label = labelOf(context, id);
  const options = {
    title: `Making ${label} the active server`,
    failure: 'The active server was not changed',
  };
  await runUseCase(context, options, (work) => activateServer(id, work));
}

/** Destroys a cloud server; removes any other one from the list. */
export async function destroyOrRemove(context: ActionContext, id: string): Promise<void> {
  const server = findServer(context.store.state, id);
  if (server !== undefined && !isCloudServer(server)) {
    await remove(context, id);
    return;
  }
  const label = labelOf(context, id);
  const options = {
    look: `Looking at the droplet of ${label}`,
    title: `Destroying ${label}`,
    failure: ({ code }: { readonly code: string }): Failure =>
      code === 'rest-kept'
        ? { title: `${label} is destroyed, but something is left here` }
        : { title: `${label} was not destroyed`, waysOut: waysOut(context, id) },
    subject: id,
    once: `destroy ${id}`,
  };
  const compare = (): void => void compareAgain(context);
  await runUseCase(context, options, (work) => destroyServer(id, work), compare);
}

/** Offers removal from the list: a lost token or a removed tag must not keep an entry forever. */
function waysOut(context: ActionContext, id: string): Failure['waysOut'] {
  return [{ label: 'Remove from the list only', run: () => void remove(context, id) }];
}

async function remove(context: ActionContext, id: string): Promise<void> {
  const label = labelOf(context, id);
  const options = {
    title: `Removing ${label}`,
    failure: `${label} was not removed`,
    subject: id,
    once: `remove ${id}`,
  };
  await runUseCase(context, options, (work) => removeServer(id, work));
}

/** Starts from the newest backup of a servers.json that cannot be read. */
export async function restore(context: ActionContext): Promise<void> {
  const options = {
    title: 'Restoring the newest backup',
    failure: 'The backup was not restored',
    once: 'restore',
  };
  await runUseCase(context, options, restoreServers, () => {
    context.ports.health.refresh();
    void compareAgain(context);
  });
}

/** Another program may have removed it. */
function labelOf({ store }: ActionContext, id: string): string {
  return findServer(store.state, id)?.label ?? 'the server';
}
