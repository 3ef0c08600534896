import { MANAGED_TAG } from '../../core/product.js';
import type { Stray } from '../../services/provisioning/droplets/strays.js';
import { adoptDroplet } from '../../usecases/adopt-droplet.js';
import { destroyUnlistedDroplet } from '../../usecases/destroy-unlisted-droplet.js';
import type { KeyWork } from '../../usecases/work.js';
import { missingCertificateLines } from '../../words/access.js';
import { findStrayRow } from '../server-rows.js';
import { compareAgain } from './compare-droplets.js';
import type { ActionContext } from './context.js';
import { runUseCase } from './use-case.js';

/** Adds an unlisted droplet to the list, and says how its certificate gets here. */
export async function adopt(context: ActionContext, rowId: string): Promise<void> {
  const stray = findStrayRow(context.store.state, rowId);
  if (stray === undefined) return;
  const { id, name } = stray.droplet;
  const options = {
    look: `Looking at ${name}`,
    title: `Adopting ${name}`,
    failure: `${name} was not adopted`,
    subject: rowId,
    once: rowId,
  };
  await runUseCase(
    context,
    options,
    (work) => adoptDroplet(id, work),
    (server) =>
      context.messages.dialog({
        kind: 'message',
        title: `${server.label} is in the list`,
        style: 'ok',
        lines: missingCertificateLines(server),
      }),
  );
}

/** Destroys an unlisted droplet once its name is typed. */
export async function destroyUnlisted(context: ActionContext, rowId: string): Promise<void> {
  const stray = findStrayRow(context.store.state, rowId);
  if (stray === undefined) return;
  const { id, name } = stray.droplet;
  const options = {
    look: `Looking at ${name}`,
    title: `Destroying ${name}`,
    failure: `Destroying ${name} failed`,
    subject: rowId,
    once: rowId,
  };
  const compare = (): void => void compareAgain(context);
  const useCase = (work: KeyWork) => destroyUnlistedDroplet(id, work);
  const outcome = await runUseCase(context, options, useCase, compare);
  // The row may be out of date.
  if (outcome === 'failed') compare();
}

/** Why a stray is not destroyed; undefined when it can be. */
export function whyNotDestroyStray({ droplet }: Stray): string | undefined {
  if (droplet.tags.includes(MANAGED_TAG)) return undefined;
  return `DigitalOcean shows no tag ${MANAGED_TAG} on it, and without it nothing is destroyed.`;
}
