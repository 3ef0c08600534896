import { activateServer } from '../../usecases/activate-server.js';
import type { Marked } from '../../usecases/end-many.js';
import { destroyServer } from '../../usecases/destroy-server.js';
import { removeServer } from '../../usecases/remove-server.js';
import { restoreServers } from '../../usecases/restore-servers.js';
import { findServer, findUnlistedRow, labelOf, type ServerRow } from '../server-rows.js';
import { isCloudServer } from '../../words/servers.js';
import { MANAGED_TAG } from '../../core/product.js';
import type { UnlistedDroplet } from '../../services/provisioning/droplets/unlisted.js';
import { destroyUnlistedDroplet } from '../../usecases/destroy-unlisted-droplet.js';
import type { KeyWork } from '../../usecases/work.js';
import { IMPORT_FILE, missingCertificateLines } from '../../words/access.js';
import { type PanelCertificate, trustCertificate } from '../../usecases/trust-certificate.js';
import { dayOf, fingerprintLines } from '../../words/certificates.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import type { AppState } from '../state.js';
import { compareAgain } from './compare-droplets.js';
import type { ActionContext } from './context.js';
import type { Failure } from './run.js';
import { keyOf } from '../../words/keys.js';
import { missingHere } from './client-certificate.js';
import { importAdmin, renewAdmin } from './upkeep.js';
import { runUseCase } from './use-case.js';

export async function setActive(context: ActionContext, id: string): Promise<void> {
  const label = labelOf(context.store.state, id);
  const options = {
    title: `Making ${label} the active server`,
    failure: 'The active server was not changed',
  };
  const before = context.store.state.servers.list.find(({ active }) => active)?.id;
  await runUseCase(context, options, async (work) => {
    await activateServer(id, work);
    context.store.dispatch({ type: 'active-changed', before });
  });
}

/** The server that was active before the last change here, if it is still in the list. */
export function activeBefore({ servers }: AppState): ServerEntry | undefined {
  return servers.list.find(({ id, active }) => id === servers.activeBefore && !active);
}

/** Makes the server active again that was so before. */
export async function undoSetActive(context: ActionContext): Promise<void> {
  const server = activeBefore(context.store.state);
  if (server !== undefined) await setActive(context, server.id);
}

/** Destroys a cloud server; removes any other one from the list. */
export async function destroyOrRemove(context: ActionContext, id: string): Promise<void> {
  const server = findServer(context.store.state, id);
  if (server !== undefined && !isCloudServer(server)) {
    await remove(context, id);
    return;
  }
  const label = labelOf(context.store.state, id);
  const options = {
    look: `Checking the droplet of ${label}`,
    title: `Destroying ${label}`,
    failure: ({ code }: { readonly code: string }): Failure =>
      code === 'rest-kept'
        ? { title: `Destroyed ${label}, but local files remain` }
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

/** Removes a server from the list; its droplet stays. */
export async function remove(context: ActionContext, id: string): Promise<void> {
  const label = labelOf(context.store.state, id);
  const options = {
    title: `Removing ${label}`,
    failure: `${label} was not removed`,
    subject: id,
    once: `remove ${id}`,
  };
  await runUseCase(context, options, (work) => removeServer(id, work));
}

/** Destroys, removes or dismisses several rows after one question. */
export async function endRows(context: ActionContext, rows: readonly ServerRow[]): Promise<void> {
  const marked: Marked = {
    servers: rows.flatMap((row) => (row.kind === 'server' ? [row.id] : [])),
    droplets: rows.flatMap((row) => (row.kind === 'unlisted' ? [row.unlisted.droplet.id] : [])),
    operations: rows.flatMap((row) => (row.kind === 'operation' ? [row.id] : [])),
  };
  const options = {
    look: `Checking ${rows.length} rows`,
    title: `Destroying ${rows.length} rows`,
    failure: ({ code }: { readonly code: string }): Failure => ({
      title: code === 'some-failed' ? 'Not all were destroyed' : 'Nothing was destroyed',
    }),
    once: 'end many',
  };
  const compare = (): void => void compareAgain(context);
  const outcome = await runUseCase(context, options, async (work) => {
    const { endMarked } = await import('../../usecases/end-many.js');
    await endMarked(marked, work);
  });
  if (outcome !== 'declined') compare();
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

/** Adds an unlisted droplet to the list, and says how its certificate gets here. */
export async function adopt(context: ActionContext, rowId: string): Promise<void> {
  const unlisted = findUnlistedRow(context.store.state, rowId);
  if (unlisted === undefined) return;
  const { id, name } = unlisted.droplet;
  const options = {
    look: `Checking ${name}`,
    title: `Adopting ${name}`,
    failure: `${name} was not adopted`,
    subject: rowId,
    once: rowId,
  };
  await runUseCase(
    context,
    options,
    async (work) => {
      const { adoptDroplet } = await import('../../usecases/adopt-droplet.js');
      return await adoptDroplet(id, work, { asksLabel: true });
    },
    (server) =>
      context.messages.dialog({
        kind: 'message',
        title: `Adopted ${server.label}`,
        style: 'ok',
        lines: missingCertificateLines(server, context.ports.environment, 'screen'),
        actions: [{ label: IMPORT_FILE, run: () => importAdmin(context, server.id) }],
      }),
  );
}

/** Destroys an unlisted droplet once its name is typed. */
export async function destroyUnlisted(context: ActionContext, rowId: string): Promise<void> {
  const unlisted = findUnlistedRow(context.store.state, rowId);
  if (unlisted === undefined) return;
  const { id, name } = unlisted.droplet;
  const options = {
    look: `Checking ${name}`,
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

/** Why an unlisted droplet is not destroyed; undefined when it can be. */
export function whyNotDestroyUnlisted({ droplet }: UnlistedDroplet): string | undefined {
  if (droplet.tags.includes(MANAGED_TAG)) return undefined;
  return `It does not have the tag ${MANAGED_TAG}: only droplets with this tag are destroyed.`;
}

/** Looks at the certificate that the panel shows now; one to be confirmed is asked about. */
export async function showCertificate(context: ActionContext, id: string): Promise<void> {
  const server = findServer(context.store.state, id);
  if (server === undefined) return;
  const options = {
    look: `Checking the certificate of ${server.label}`,
    title: `Trusting the certificate of ${server.label}`,
    failure: `The certificate of ${server.label} was not confirmed`,
    subject: id,
    once: `trust ${id}`,
  };
  await runUseCase(
    context,
    options,
    (work) => trustCertificate(id, work),
    (result) => tell(context, result),
  );
}

/** Reports a certificate that needs no confirmation. */
function tell(
  context: ActionContext,
  { server, verdict, certificate, hostKey }: PanelCertificate,
): void {
  if (verdict !== 'same' && verdict !== 'public') return;
  const { id, domain, authMethod, p12Path } = server;
  // Before its set-up a panel makes none, and never one for a keychain.
  const isMissing =
    authMethod === 'p12' && (p12Path === undefined || missingHere(context, server) !== undefined);
  const canRenew = domain !== undefined && authMethod === 'p12' && !isMissing;
  const renew = { label: 'Renew admin certificate', run: () => renewAdmin(context, id) };
  const replace = { label: 'Import admin certificate', run: () => importAdmin(context, id) };
  context.messages.dialog({
    kind: 'message',
    title: `Certificate of the panel of ${server.label}`,
    style: 'ok',
    lines: [
      verdict === 'same'
        ? 'This certificate is confirmed.'
        : 'Issued by a public authority; nothing to confirm.',
      '',
      'SHA-256',
      ...fingerprintLines(certificate.sha256),
      '',
      `It expires on ${dayOf(certificate.notAfter)}.`,
      ...(hostKey === undefined
        ? []
        : ['', 'Host key of the droplet, for SSH', { strong: hostKey }]),
      ...(isMissing
        ? [
            '',
            `The admin certificate is not on this machine: import it, or press ${keyOf('servers.recover')} on the server to recover it over SSH.`,
          ]
        : domain === undefined
          ? ['', 'The admin certificate can be renewed after the set-up.']
          : []),
    ],
    actions: canRenew ? [renew, replace] : [replace],
  });
}
