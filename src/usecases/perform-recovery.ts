import { dismissCommand, LOGIN_HOURS } from '../core/admit-key.js';
import { isAbort, PortlamaError } from '../core/errors.js';
import { RESET_COMMAND } from '../core/product.js';
import type { Resource, UpkeepRequest } from '../services/provisioning/journal/records.js';
import { type UpkeepEnd, wasBegun } from '../services/provisioning/worker/upkeep.js';
import { deadline } from '../services/provisioning/worker/deadline.js';
import { ADMIN_FILES, type Recovered } from '../services/panel/recover-certificate.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { loginKey } from '../services/keystore/keystore.js';
import { parsePublicKey, sha256Fingerprint } from '../services/ssh/keys.js';
import { readRemoteFiles } from '../services/ssh/read-files.js';
import { SshError } from '../services/ssh/ssh-error.js';
import type { Shell } from '../services/ssh/system-shell.js';
import { findLogin, requireLogin } from '../services/ssh/temporary-login.js';
import { admitInstruction, DEAD_CERTIFICATE, loginLeft } from '../words/recovery.js';
import type { Performing } from './perform-upkeep.js';
import { requireServer } from './servers.js';
import type { SshLogin, Work } from './work.js';

type Request = Extract<UpkeepRequest, { kind: 'recover' }>;

/** Pause between two tries to log in. A person who has run the line wakes the worker, or waits so long. */
const LOGIN_PAUSE_MS = 10_000;
const SANDBOX_PAUSE_MS = 200;
const LOGIN_PATIENCE_MS = LOGIN_HOURS * 3_600_000;
/** Patience with a way that breaks, once it has led there. */
const BROKEN_PATIENCE_MS = 180_000;
const RESET_MS = 120_000;
const END_MS = 45_000;
/** Pairs that a reset mends: of different certificates, or ended by another reset. */
const MENDED = new Set(['p12-wrong-password', 'panel-certificate-revoked']);

/**
 * Has the server make a new admin certificate, and takes it over. From the reset on the old certificate is dead, which
 * the journal and `certificateEnded` say before it runs; a run that is stopped then fetches what the reset made.
 */
export async function performRecovery(
  request: Request,
  performing: Performing,
): Promise<UpkeepEnd> {
  const { work, run, step } = performing;
  const server = await requireServer(work, request.serverId);
  const way = await openWay(server, request, performing);
  const isReset = wasBegun(run.history, 'reset_certificate', 'done');
  const isIn = await step('await_login', () => way.untilLetIn());
  if (!isIn && !wasBegun(run.history, 'reset_certificate')) return { failure: notLetIn(server) };
  if (!isIn) throw notLetIn(server);
  const reset = (): Promise<void> => resetOn(server, way, work);
  if (!isReset) await step('reset_certificate', reset);
  const { facts, alsoValid } = await step('fetch_certificate', async () => {
    try {
      return await fetchFrom(server, way, work);
    } catch (error) {
      if (!(error instanceof PortlamaError) || !MENDED.has(error.code)) throw error;
      work.face.say(`Certificate and password do not match (${error.message}): creating new ones.`);
      await reset();
      return await fetchFrom(server, way, work);
    }
  });
  await way.keepHostKey();
  const leftovers = await step('end_login', () => endRecovery(request, performing));
  return {
    server: await requireServer(work, request.serverId),
    facts: {
      expiresAt: facts.notAfter,
      ...(alsoValid === undefined
        ? {}
        : {
            alsoValidUntil: alsoValid.notAfter,
            alsoValidSerial: alsoValid.serial ?? null,
            alsoValidSure: alsoValid.isSure,
          }),
    },
    leftovers,
  };
}

/** Takes the temporary key away, on the server and here; it stays here while its line may open the server. */
export async function endRecovery(
  { id, serverId }: Request,
  { work }: Performing,
): Promise<readonly Resource[]> {
  const { certificateEnded } = await work.readServerMeta(serverId);
  if (certificateEnded !== undefined) work.face.say(DEAD_CERTIFICATE, 'warn');
  const login = await findLogin(work.keystore, serverId);
  if (login === undefined) return [];
  const server = await requireServer(work, serverId);
  const hostKey = await work.ssh.hostKey(serverId);
  const limit = deadline(work.clock, END_MS);
  try {
    if (hostKey === undefined) throw hostKeyGone(server);
    const target = { server, hostKey, privateKey: login.privateKey };
    await dismissKey(target, dismissCommand(login), work, limit.signal);
    await work.keystore.delete(loginKey(serverId));
    return [];
  } catch (error) {
    const left = loginLeft(server, login, id);
    work.face.say(`${left.id} was not removed: ${messageIn(error)}`, 'warn');
    return [left];
  } finally {
    limit.dispose();
  }
}

async function dismissKey(
  target: SshLogin,
  command: string,
  { ssh }: Work,
  signal: AbortSignal,
): Promise<void> {
  let shell: Shell;
  try {
    shell = await ssh.connect(target, signal);
  } catch (error) {
    // Its line was never run, or has ended by itself: it opens nothing.
    if (error instanceof SshError && error.code === 'authentication-failed') return;
    throw error;
  }
  try {
    const { exitCode } = await shell.exec(command, { signal });
    if (exitCode !== 0) throw new Error(`the command ended with ${exitCode ?? 'a signal'}`);
  } finally {
    shell.close();
  }
}

/** Way to the server, tried again while it breaks. */
interface Way {
  /** False when the key was not added while its line was valid. */
  untilLetIn(): Promise<boolean>;
  use<T>(act: (shell: Shell) => Promise<T>): Promise<T>;
  /** Puts the server's key back where its file was lost meanwhile. */
  keepHostKey(): Promise<void>;
}

async function openWay(
  server: ServerEntry,
  request: Request,
  performing: Performing,
): Promise<Way> {
  const { work, pause } = performing;
  const { ssh, clock, signal, face, environment } = work;
  const hostKey = await ssh.hostKey(server.id);
  if (hostKey === undefined) throw hostKeyGone(server);
  const pauseMs = environment.sandbox ? SANDBOX_PAUSE_MS : LOGIN_PAUSE_MS;
  const login =
    request.way === 'console' ? await requireLogin(work.keystore, server.id) : undefined;
  if (login !== undefined) work.redactor.add(login.privateKey);
  const target: SshLogin =
    login === undefined
      ? { server, hostKey, keyFile: request.keyFile }
      : { server, hostKey, privateKey: login.privateKey };
  const once = async <T>(act: (shell: Shell) => Promise<T>): Promise<T> => {
    const shell = await ssh.connect(target, signal);
    try {
      return await act(shell);
    } finally {
      shell.close();
    }
  };
  const look = async (shell: Shell): Promise<unknown> => await shell.exec('true', { signal });
  return {
    async keepHostKey() {
      if ((await ssh.hostKey(server.id)) === undefined) await ssh.pinHostKey(server.id, hostKey);
    },
    async untilLetIn() {
      const until = clock.monotonic() + LOGIN_PATIENCE_MS;
      for (let isTold = false; clock.monotonic() < until; await pause(pauseMs, signal)) {
        try {
          await once(look);
          return true;
        } catch (error) {
          const isRefused = error instanceof SshError && error.code === 'authentication-failed';
          if (login === undefined || !(isRefused || mayPass(error))) throw error;
          if (!isTold) tellHow(server, login, hostKey, work);
          isTold = true;
          face.progress(
            isRefused ? 'Waiting for the command to be run on the server' : messageIn(error),
          );
        }
      }
      return false;
    },
    async use(act) {
      const until = clock.monotonic() + BROKEN_PATIENCE_MS;
      for (;;) {
        try {
          return await once(act);
        } catch (error) {
          if (!mayPass(error) || clock.monotonic() > until) throw error;
          face.progress(messageIn(error));
          await pause(pauseMs, signal);
        }
      }
    },
  };
}

function tellHow(
  server: ServerEntry,
  login: Parameters<typeof admitInstruction>[1],
  hostKey: string,
  { face }: Work,
): void {
  const blob = parsePublicKey(hostKey);
  const fingerprint = blob === undefined ? 'as kept' : sha256Fingerprint(blob);
  face.instruct(admitInstruction(server, login, fingerprint));
}

/** Ends the old certificate: that is written down first. A reset may be run any number of times. */
async function resetOn(server: ServerEntry, way: Way, work: Work): Promise<void> {
  const { face, clock, signal } = work;
  const before = (await work.readServerMeta(server.id)).certificateEnded;
  face.progress('The server creates a new certificate; on a small server this takes a minute');
  await way.use(async (shell) => {
    await work.changeServerMeta(server.id, { certificateEnded: before ?? clock.now() });
    const limit = deadline(clock, RESET_MS);
    let said = '';
    try {
      const { exitCode } = await shell.exec(RESET_COMMAND, {
        signal: AbortSignal.any([signal, limit.signal]),
        // Its standard output has the password.
        onStderr: (chunk) => void (said += chunk.toString('utf8')),
      });
      const lines = said.trim().split('\n');
      if (exitCode === 0) {
        for (const line of lines.filter((each) => each.includes('Warning:')))
          face.say(line.trim(), 'warn');
        return;
      }
      const reason = lines.findLast((line) => /Error|Fatal|not found/.test(line))?.trim();
      // The script has not begun (contract: its errors before it begins).
      if (reason !== undefined && !reason.startsWith('Fatal'))
        await work.changeServerMeta(server.id, { certificateEnded: before });
      throw resetFailed(server, exitCode, reason);
    } finally {
      limit.dispose();
    }
  });
}

async function fetchFrom(server: ServerEntry, way: Way, work: Work): Promise<Recovered> {
  const { face, signal, redactor } = work;
  face.progress('Fetching the certificate, and opening the panel with it');
  const files = await way.use((shell) => readRemoteFiles(shell, ADMIN_FILES, signal));
  redactor.add(files.password.toString('utf8').trim());
  const recovered = await work.recoverCertificate(server, files, signal);
  await forgetIdentity(server, work);
  await work.changeServerMeta(server.id, { certificateEnded: undefined });
  return recovered;
}

/** The identity in the keychain is dead, and its name would be in the way of the next one. */
async function forgetIdentity(server: ServerEntry, work: Work): Promise<void> {
  try {
    await work.removeIdentity(server);
  } catch (error) {
    work.face.say(`The revoked certificate is still in the keychain: ${messageIn(error)}`, 'warn');
  }
}

function mayPass(error: unknown): boolean {
  return error instanceof SshError && error.retryable;
}

function messageIn(error: unknown): string {
  if (isAbort(error)) return 'it took too long.';
  return error instanceof Error ? error.message : String(error);
}

function notLetIn({ label }: ServerEntry): PortlamaError {
  return new PortlamaError({
    code: 'login-not-let-in',
    message: `The temporary key was not added to ${label} within ${LOGIN_HOURS} hours.`,
    hint: 'Start again, and run the command shown on the console of the server.',
  });
}

function hostKeyGone({ id, label }: ServerEntry): PortlamaError {
  return new PortlamaError({
    code: 'host-key-missing',
    message: `The SSH host key of ${label} is no longer stored here.`,
    hint: { command: 'servers.recover', id },
  });
}

function resetFailed(
  { label }: ServerEntry,
  exitCode: number | undefined,
  reason: string | undefined,
): PortlamaError {
  return new PortlamaError({
    code: 'reset-failed',
    message: `${RESET_COMMAND} failed on ${label}: ${reason ?? `it ended with ${exitCode ?? 'a signal'}.`}`,
    hint:
      reason === undefined || reason.startsWith('Fatal')
        ? DEAD_CERTIFICATE
        : 'The certificate on this machine is unchanged. Portlama may not be installed there.',
  });
}
