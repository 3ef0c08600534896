import { InputError, isAbort, PortlamaError, quoted } from '../core/errors.js';
import type { UpkeepWork } from '../services/provisioning/journal/records.js';
import { isAtWork, type Operation } from '../services/provisioning/operations.js';
import { isDismissable } from '../services/provisioning/operations-service.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { dayOf } from '../words/certificates.js';
import {
  alsoValidText,
  FINGERPRINT,
  fingerprintQuestion,
  recoverQuestion,
} from '../words/recovery.js';
import { dismissOperation, held, resumeOperation } from './operations.js';
import { requireServer, requireStillListed } from './servers.js';
import { requireLastingStore } from './stores.js';
import { findUpkeep, followUpkeep } from './upkeep.js';
import type { SshLogin, Work } from './work.js';

export interface RecoveredCertificate {
  readonly server: ServerEntry;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface RecoveryWish {
  /** Fingerprint of a host key that is not known here. */
  readonly hostKey?: string | undefined;
}

/**
 * Has a server make a new admin certificate, over SSH, and takes it over, in a worker of its own (`performRecovery`)
 * that is followed. One that is under way is followed, and one that was interrupted is resumed. Throws
 * `host-key-changed` for a server that does not show the key it must.
 */
export async function recoverCertificate(
  wanted: string,
  wish: RecoveryWish,
  work: Work,
): Promise<RecoveredCertificate> {
  const { face } = work;
  const server = await requireServer(work, wanted);
  const id = await begin(server, wanted, wish, work);
  const { facts = {}, leftovers } = await followUpkeep(id, work);
  const expiresAt = Number(facts['expiresAt']);
  if (leftovers.length === 0) await dismissOperation(id, work);
  work.news({ kind: 'servers-changed' });
  work.news({ kind: 'certificate-changed', serverId: server.id });
  face.say(`Created a new certificate for ${server.label}; it expires ${dayOf(expiresAt)}.`, 'ok');
  const { alsoValidUntil, alsoValidSerial, alsoValidSure = true } = facts;
  if (typeof alsoValidUntil === 'number') {
    const serial = String(alsoValidSerial ?? '');
    const old = { notAfter: alsoValidUntil, serial, isSure: alsoValidSure === true };
    face.say(alsoValidText(old), 'warn');
  }
  for (const { id: key, removeBy } of leftovers)
    face.say(
      `Not removed: ${key}. ${[removeBy].flat().find((part) => typeof part === 'string') ?? ''}`,
      'warn',
    );
  return { server, expiresAt };
}

/** The operation that recovers it: one that is there, or a new one. */
async function begin(
  server: ServerEntry,
  wanted: string,
  wish: RecoveryWish,
  work: Work,
): Promise<string> {
  if (wish.hostKey !== undefined) requireFingerprint(wish.hostKey);
  const known = await findUpkeep(server.id, 'recover', work);
  if (known !== undefined && isAtWork(known)) return known.id;
  const hostKey = await work.ssh.hostKey(server.id);
  const isInterrupted = known?.status === 'interrupted' && !known.cleanUpBegun;
  if (isInterrupted && !(await hasLostItsWay(known, server, hostKey, work))) {
    if (hostKey === undefined) await learnHostKey(server, wish, work);
    await resumeOperation(known.id, work);
    return known.id;
  }
  if (known !== undefined && isDismissable(known)) await dismissOperation(known.id, work);
  if (server.ip === '') throw addressMissing(server);
  if (work.endsProgram === true) await requireLastingStore(work);
  const own = hostKey === undefined ? undefined : await findOwnWay(server, hostKey, work);
  await work.face.confirm(recoverQuestion(server, wanted, own?.way ?? 'console'));
  await requireStillListed(server, work);
  if (hostKey === undefined) await learnHostKey(server, wish, work);
  const handed = { agent: own !== undefined };
  const how = own ?? ({ kind: 'recover', way: 'console' } as const);
  return await held(work, work.operations.startUpkeep(server, how, handed));
}

/** True where a key of the person began it, and opens the server no more: a line on the console begins another. */
async function hasLostItsWay(
  { request }: Operation,
  server: ServerEntry,
  hostKey: string | undefined,
  work: Work,
): Promise<boolean> {
  if (request.kind !== 'recover' || request.way !== 'own-key') return false;
  if (hostKey === undefined) return true;
  return (await tryOwnKeys(server, request.keyFile, hostKey, work)) === 'refused';
}

/** Tries the person's own keys; undefined where none of them is known to open the server. */
async function findOwnWay(
  server: ServerEntry,
  hostKey: string,
  work: Work,
): Promise<Extract<UpkeepWork, { kind: 'recover' }> | undefined> {
  const { sshKeys = [] } = await work.readServerMeta(server.id);
  const keyFile = sshKeys.find(({ file }) => file !== undefined)?.file;
  const isIn = (await tryOwnKeys(server, keyFile, hostKey, work)) === 'let-in';
  // The console leads there as well; one that is not reached now may be later.
  return isIn ? { kind: 'recover', way: 'own-key', keyFile } : undefined;
}

async function tryOwnKeys(
  server: ServerEntry,
  keyFile: string | undefined,
  hostKey: string,
  work: Work,
): Promise<'let-in' | 'refused' | 'unknown'> {
  work.face.progress(`Asking ${server.ip} over SSH`);
  try {
    const login: SshLogin = { server, hostKey, keyFile };
    const shell = await work.ssh.connect(login, work.signal);
    try {
      const { exitCode } = await shell.exec('true', { signal: work.signal });
      return exitCode === 0 ? 'let-in' : 'unknown';
    } finally {
      shell.close();
    }
  } catch (error) {
    if (isAbort(error)) throw error;
    const code = error instanceof PortlamaError ? error.code : undefined;
    if (code === 'host-key-changed') throw error;
    return code === 'authentication-failed' ? 'refused' : 'unknown';
  } finally {
    work.face.progress(undefined);
  }
}

/** Pins the host key whose fingerprint the person gives: it is what the server's own console printed. */
async function learnHostKey(
  server: ServerEntry,
  { hostKey }: RecoveryWish,
  work: Work,
): Promise<void> {
  const { requireLogin } = await import('../services/ssh/temporary-login.js');
  const { parsePublicKey, sha256Fingerprint, hostKeyChanged } =
    await import('../services/ssh/keys.js');
  const typed =
    hostKey ??
    (await work.face.ask(
      fingerprintQuestion(server, await requireLogin(work.keystore, server.id)),
    ));
  const expected = requireFingerprint(typed);
  const line = await work.ssh.showHostKey(server, work.signal);
  const blob = parsePublicKey(line);
  const seen = blob === undefined ? 'no ed25519 key' : sha256Fingerprint(blob);
  if (seen !== expected) throw hostKeyChanged(server.ip, expected, seen);
  await work.ssh.pinHostKey(server.id, line);
}

/** The fingerprint in what was typed: a whole line of ssh-keygen is fine. Throws `fingerprint-invalid`. */
function requireFingerprint(text: string): string {
  const [fingerprint] = FINGERPRINT.exec(text) ?? [];
  if (fingerprint !== undefined) return fingerprint;
  throw new InputError({
    code: 'fingerprint-invalid',
    message: `${quoted(text)} is not the fingerprint of a host key.`,
    hint: 'Give what ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub prints on the server: SHA256: and 43 characters.',
  });
}

function addressMissing({ id, label }: ServerEntry): InputError {
  return new InputError({
    code: 'address-missing',
    message: `The address of ${label} is not known here, so the program cannot log in to it.`,
    hint: { command: 'certificate.import', id },
  });
}
