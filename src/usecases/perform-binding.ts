import { isAbort, messageOf, PortlamaError } from '../core/errors.js';
import { ADMIN_NAME } from '../core/product.js';
import type { KeyDesk } from '../services/panel/bind-certificate.js';
import { PanelApiError } from '../services/panel/panel-api-error.js';
import type { PanelApi } from '../services/panel/panel-api.js';
import { PanelError } from '../services/panel/panel-error.js';
import type {
  Resource,
  StepData,
  UpkeepRequest,
} from '../services/provisioning/journal/records.js';
import { outputsIn, type UpkeepEnd, wasBegun } from '../services/provisioning/worker/upkeep.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { noKeychain } from '../words/servers.js';
import { requireBindable } from './bind-certificate.js';
import { openPanelFor } from './open-panel-for.js';
import type { Performing } from './perform-upkeep.js';
import { requireServer } from './servers.js';
import type { Work } from './work.js';

/** A panel that signs answers within seconds, on one slow core within a minute. */
const PATIENCE_MS = 60_000;
const SANDBOX_PATIENCE_MS = 1_000;
const LOOK_MS = 2_000;
const SANDBOX_LOOK_MS = 200;

/** Facts of the new key in the journal. */
interface KnownKey {
  readonly csr: string;
  /** SHA-1 of the certificate that shows it in the keychain. */
  readonly sha1: string;
}

/**
 * Makes a key, puts it into the login keychain, has the panel certify it, and makes it what opens the panel. The key is in
 * the keychain, and curl has used it, before the order is sent; the order is in the journal, and the old certificate
 * called dead, before as well. It is sent once: where its answer is lost its effect is looked for.
 */
export async function performBinding(
  { serverId }: UpkeepRequest,
  performing: Performing,
): Promise<UpkeepEnd> {
  const { work, run, step } = performing;
  const server = await requireServer(work, serverId);
  const desk = requireDesk(work);
  const { history } = run;
  const key = wasBegun(history, 'order_certificate')
    ? requireKey(history)
    : await keepKey(server, desk, performing);
  const ordered = certificateIn(history) ?? (await order(server, key, desk, performing));
  if (typeof ordered !== 'string') return ordered;
  const { notAfter } = await step('take_certificate', () => take(server, ordered, key, desk, work));
  return { server: await requireServer(work, serverId), facts: { expiresAt: notAfter } };
}

/**
 * Ends one that does not come to its end: a key that no certificate is for goes; with a certificate it is all that opens
 * the panel, and is taken over.
 */
export async function endBinding(
  { serverId, id }: UpkeepRequest,
  { work, run: { history } }: Performing,
): Promise<readonly Resource[]> {
  const desk = work.keyDesk;
  if (desk === undefined) return [];
  const until = { ...work, signal: new AbortController().signal };
  const certificate = certificateIn(history);
  if (certificate !== undefined) {
    const key = requireKey(history);
    try {
      await take(await requireServer(work, serverId), certificate, key, desk, until);
      work.face.say('The panel had signed the certificate: it was taken over.', 'warn');
      return [];
    } catch (error) {
      work.face.say(`The certificate was not taken over: ${messageOf(error)}`, 'warn');
      return [onlyKey(key.sha1, id)];
    }
  }
  // Sentences of the journal have told already what it found, where it could look.
  if (wasBegun(history, 'order_certificate') && (await isMarked(serverId, work)))
    await findEffect(await requireServer(work, serverId), 0, until).catch(() => undefined);
  const left: Resource[] = [];
  for (const { sha1 } of keysIn(history))
    await desk.drop(sha1).catch(() => left.push(unusedKey(sha1)));
  return left;
}

/** A key that is in the keychain, and was used from there: the one of an earlier worker, or a new one. */
async function keepKey(
  server: ServerEntry,
  desk: KeyDesk,
  { work, run: { history }, step }: Performing,
): Promise<KnownKey> {
  const { signal, face } = work;
  const known = keyIn(history);
  if (known !== undefined && (await desk.isHeld(known.sha1, signal))) {
    await step('keep_key', () => desk.tryKey(server, known.sha1, signal));
    return known;
  }
  // An import that outlived its worker.
  for (const { sha1 } of keysIn(history)) await desk.drop(sha1);
  const key = await step(
    'make_key',
    () => desk.makeKey(),
    ({ csr, sha1 }) => ({ csr, sha1 }),
  );
  await step('keep_key', async () => {
    face.progress('macOS may ask in a window for the use of the key: answer Always Allow');
    await desk.hold(server, key, signal);
    await desk.tryKey(server, key.sha1, signal);
  });
  return key;
}

/** Resolves to the certificate, or to the end where there is none. An order that may have been sent is not sent again. */
async function order(
  server: ServerEntry,
  key: KnownKey,
  desk: KeyDesk,
  { work, run: { history }, step }: Performing,
): Promise<string | UpkeepEnd> {
  const kept = (result: string | UpkeepEnd): StepData =>
    typeof result === 'string' ? { certificate: result } : {};
  if (wasBegun(history, 'order_certificate'))
    return await step('order_certificate', () => findEffect(server, PATIENCE_MS, work), kept);
  const api = await openPanelFor(server, work);
  try {
    const refusal = await refusalOf(server, api, work);
    if (refusal !== undefined) return { failure: refusal };
    return await step(
      'order_certificate',
      async () =>
        (await orderOnce(server, key, desk, api, work)) ??
        (await findEffect(server, PATIENCE_MS, work)),
      kept,
    );
  } finally {
    api.close();
  }
}

/** Reason by which the panel may not be asked any more; rejects where it does not answer. */
async function refusalOf(
  server: ServerEntry,
  api: PanelApi,
  work: Work,
): Promise<PortlamaError | undefined> {
  try {
    await requireBindable(server, api, work);
    return undefined;
  } catch (error) {
    const isPanels = error instanceof PanelError || error instanceof PanelApiError;
    if (error instanceof PortlamaError && !isPanels) return error;
    throw error;
  }
}

/** Undefined where the answer is lost, or none that is for this key. */
async function orderOnce(
  server: ServerEntry,
  key: KnownKey,
  desk: KeyDesk,
  api: PanelApi,
  work: Work,
): Promise<string | UpkeepEnd | undefined> {
  const { face, clock } = work;
  await work.changeServerMeta(server.id, { certificateEnded: clock.now() });
  try {
    const certificate = await api.bindCertificate(key.csr);
    if (await desk.fits(certificate, key.csr)) return certificate;
    face.say('The panel’s answer has no certificate for the key.', 'warn');
  } catch (error) {
    if (!(error instanceof PortlamaError)) throw error;
    if (error instanceof PanelApiError && isRefusal(error)) {
      if (error.code !== 'panel-certificate-revoked') await unmark(server, work);
      return { failure: error };
    }
    face.say(`The panel’s answer is lost: ${error.message}`, 'warn');
  }
  return undefined;
}

/** The panel did nothing (contract: order of refusals). */
function isRefusal({ facts: { status } }: PanelApiError): boolean {
  return status < 500 || status === 503;
}

/**
 * Looks with the certificate kept here for what became of an order without an answer, which is never sent again. Rejects
 * where the panel cannot be asked.
 */
async function findEffect(
  server: ServerEntry,
  patienceMs: number,
  work: Work,
): Promise<{ readonly failure: PortlamaError }> {
  const { clock, signal, face, environment } = work;
  const isShort = environment.sandbox && patienceMs > 0;
  const deadline = clock.monotonic() + (isShort ? SANDBOX_PATIENCE_MS : patienceMs);
  face.progress('Looking for what became of the order');
  for (;;) {
    const isLate = clock.monotonic() >= deadline;
    try {
      const mode = await lookAtMode(server, work);
      // One that was not revoked yet may be so in a moment.
      if (isLate) {
        await unmark(server, work);
        return { failure: mode === 'hardware-bound' ? boundElsewhere(server) : notDone(server) };
      }
    } catch (error) {
      if (error instanceof PanelApiError && error.code === 'panel-certificate-revoked')
        return { failure: answerLost(server) };
      if (isAbort(error) || isLate || !(error instanceof PanelError && error.retryable))
        throw error;
    }
    await clock.sleep(environment.sandbox ? SANDBOX_LOOK_MS : LOOK_MS, signal);
  }
}

async function lookAtMode(server: ServerEntry, work: Work): Promise<string> {
  const { api } = await work.openPanelApi(server, work.signal, true);
  try {
    return await api.authMode(work.signal);
  } finally {
    api.close();
  }
}

async function take(
  server: ServerEntry,
  certificate: string,
  { sha1 }: KnownKey,
  desk: KeyDesk,
  work: Work,
): ReturnType<KeyDesk['take']> {
  const facts = await desk.take(server, certificate, sha1, work.signal);
  await unmark(server, work);
  return facts;
}

async function unmark({ id }: ServerEntry, work: Work): Promise<void> {
  await work.changeServerMeta(id, { certificateEnded: undefined });
}

async function isMarked(serverId: string, work: Work): Promise<boolean> {
  return (await work.readServerMeta(serverId)).certificateEnded !== undefined;
}

function keyIn(history: Performing['run']['history']): KnownKey | undefined {
  return keysIn(history).at(-1);
}

/** Keys that were made, the last one at the end. */
function keysIn(history: Performing['run']['history']): readonly KnownKey[] {
  return outputsIn(history, 'make_key').map(({ csr, sha1 }) => ({
    csr: String(csr),
    sha1: String(sha1),
  }));
}

function requireKey(history: Performing['run']['history']): KnownKey {
  const key = keyIn(history);
  if (key === undefined) throw new Error('The journal has lost the key of an order.');
  return key;
}

function certificateIn(history: Performing['run']['history']): string | undefined {
  const certificate = outputsIn(history, 'order_certificate').at(-1)?.['certificate'];
  return typeof certificate === 'string' ? certificate : undefined;
}

function requireDesk({ keyDesk, environment }: Work): KeyDesk {
  if (keyDesk !== undefined) return keyDesk;
  throw new PortlamaError({ code: 'no-keychain', message: noKeychain(environment) });
}

function onlyKey(sha1: string, operationId: string): Resource {
  return {
    ...unusedKey(sha1),
    removeBy: [
      'Do not delete it: it is the only key that opens the panel.',
      {
        command: 'operations.cleanup',
        id: operationId,
        lead: 'Once the keychain answers, take it over',
      },
    ],
  };
}

function unusedKey(sha1: string): Resource {
  return {
    kind: 'keychain-identity',
    id: `${ADMIN_NAME} ${sha1}`,
    monthlyUsd: 0,
    removeBy: `Delete it: security delete-identity -Z ${sha1}`,
  };
}

function answerLost({ id, label }: ServerEntry): PortlamaError {
  return new PortlamaError({
    code: 'binding-lost',
    message: `The panel of ${label} has ended the certificate that is kept here, and its answer with the new one is lost: nothing opens the panel now.`,
    hint: { command: 'servers.recover', id, lead: 'Make a new certificate on the server' },
  });
}

function boundElsewhere({ id, label }: ServerEntry): PortlamaError {
  return new PortlamaError({
    code: 'binding-elsewhere',
    message: `The panel of ${label} is bound to another key now. The certificate that is kept here opens it still, and can not be renewed.`,
    hint: { command: 'servers.recover', id, lead: 'To make the newest one the one kept here' },
  });
}

function notDone({ id, label }: ServerEntry): PortlamaError {
  return new PortlamaError({
    code: 'binding-not-done',
    message: `The order did not reach the panel of ${label}: the certificate that is kept here is as it was.`,
    hint: { command: 'certificate.bind', id, lead: 'Begin again' },
  });
}
