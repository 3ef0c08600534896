import { isAbort } from '../../../core/errors.js';
import { applyHandOver, prepareHandOver } from '../../installer/hand-over.js';
import { readHostKey, writeServerFile } from '../../registry/server-files.js';
import type { SshConnection } from '../../ssh/ssh.js';
import { SshError } from '../../ssh/ssh-error.js';
import { loadSecrets } from '../worker/operation-secrets.js';
import { poll } from '../timing.js';
import { outputOf, type StepContext } from '../worker/step.js';

const CONNECT_TIMEOUT_MS = 15_000;

/**
 * Gives the droplet host keys that were never in its user data, and takes the temporary key out of its
 * authorized_keys. Resolves to the new host key. The new key is kept here before it is installed there, so that
 * an interruption at any point leaves one of the two keys to verify the droplet with.
 */
export async function handOver(context: StepContext, signal: AbortSignal): Promise<string> {
  const { ports, request, shell } = context;
  const kept = await readHostKey(ports.home, request.serverId);
  if (kept !== undefined) {
    const found = await lookWithNewKey(context, kept, ['finished', 'other-key'], signal);
    if (found === 'finished') return kept;
  }
  const hostKey = await shell.use(
    (connection) => prepareHandOver(connection, request.id, signal),
    signal,
  );
  await writeServerFile(ports.home, request.serverId, 'host-key.pub', `${hostKey}\n`);
  try {
    await shell.use((connection) => apply(context, connection, signal), signal);
  } catch (error) {
    // The connection may drop when sshd takes the new key: then only the new key tells how far it came.
    if (isAbort(error)) throw error;
    if (!(await lookWithNewKey(context, hostKey, ['finished'], signal))) throw error;
  }
  return hostKey;
}

type Found =
  /** The new key is in force, and the temporary one opens nothing any more. */
  | 'finished'
  /** The droplet still has the old host key. */
  | 'other-key'
  /** Unreachable: sshd is loading its new key, or the connection is broken. */
  | 'unreachable';

/** Repeats the look until the key is the new one: sshd loads it a moment after the command. */
async function lookWithNewKey(
  context: StepContext,
  hostKey: string,
  wanted: readonly Found[],
  signal: AbortSignal,
): Promise<Found | undefined> {
  const { clock, timing } = context.ports;
  const look = async (): Promise<Found | undefined> => {
    const found = await finishWithNewKey(context, hostKey, signal);
    return wanted.includes(found) ? found : undefined;
  };
  return await poll(look, {
    clock,
    timeoutMs: timing.panelMs,
    minPollMs: timing.minPollMs,
    signal,
  });
}

async function finishWithNewKey(
  context: StepContext,
  hostKey: string,
  signal: AbortSignal,
): Promise<Found> {
  const { ports } = context;
  const { privateKey } = await loadSecrets(context);
  const target = {
    host: outputOf(context, 'wait_droplet').ip,
    port: 22,
    username: 'root',
    privateKey,
    hostKey,
    dial: ports.dial,
  };
  try {
    const connection = await ports.connectSsh(target, { timeoutMs: CONNECT_TIMEOUT_MS, signal });
    try {
      await apply(context, connection, signal);
    } finally {
      connection.close();
    }
    return 'finished';
  } catch (error) {
    if (!(error instanceof SshError)) throw error;
    // The verified droplet refuses the temporary key: that was the last thing to do.
    if (error.code === 'authentication-failed') return 'finished';
    if (error.code === 'host-key-changed') return 'other-key';
    if (error.retryable) return 'unreachable';
    throw error;
  }
}

async function apply(
  context: StepContext,
  connection: SshConnection,
  signal: AbortSignal,
): Promise<void> {
  const { publicKey } = outputOf(context, 'generate_ssh_key');
  await applyHandOver(connection, context.request.id, publicKey, signal);
}
