import { isAbort } from '../../../core/errors.js';
import { applyHandOver, prepareHandOver } from '../../installer/hand-over.js';
import { readServerFile, writeServerFile } from '../../registry/server-files.js';
import type { SshConnection } from '../../ssh/ssh.js';
import { SshError } from '../../ssh/ssh-error.js';
import { loadSecrets } from '../operation-secrets.js';
import { poll } from '../poll.js';
import { outputOf, type StepContext } from '../step.js';

const CONNECT_TIMEOUT_MS = 15_000;

/**
 * Gives the droplet host keys that were never in its user data, and takes the temporary key out of its
 * authorized_keys. Resolves to the new host key. The new key is kept here before it is installed there, so that
 * an interruption at any point leaves one of the two keys to verify the droplet with.
 */
export async function handOver(context: StepContext, signal: AbortSignal): Promise<string> {
  const { ports, request, shell } = context;
  const kept = await readServerFile(ports.home, request.serverId, 'host-key.pub');
  if (kept !== undefined) {
    const hostKey = kept.toString('utf8').trim();
    if (await finishWithNewKey(context, hostKey, signal)) return hostKey;
  }
  const hostKey = await shell.use((connection) => prepareHandOver(connection, request.id), signal);
  await writeServerFile(ports.home, request.serverId, 'host-key.pub', `${hostKey}\n`);
  try {
    await shell.use((connection) => apply(context, connection), signal);
  } catch (error) {
    // The connection may drop when sshd takes the new key: then only the new key tells how far it came.
    if (isAbort(error) || !(await finishesWithNewKey(context, hostKey, signal))) throw error;
  }
  return hostKey;
}

/** sshd takes a new key a moment after it was told to. */
async function finishesWithNewKey(
  context: StepContext,
  hostKey: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { clock, timing } = context.ports;
  const finished = await poll(
    async () => ((await finishWithNewKey(context, hostKey, signal)) ? true : undefined),
    { clock, timeoutMs: timing.panelMs, minPollMs: timing.minPollMs, signal },
  );
  return finished === true;
}

/** False when the droplet does not have the new key yet. */
async function finishWithNewKey(
  context: StepContext,
  hostKey: string,
  signal: AbortSignal,
): Promise<boolean> {
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
      await apply(context, connection);
    } finally {
      connection.close();
    }
    return true;
  } catch (error) {
    if (!(error instanceof SshError)) throw error;
    // The verified droplet refuses the temporary key: that was the last thing to do.
    if (error.code === 'authentication-failed') return true;
    if (error.code === 'host-key-changed') return false;
    throw error;
  }
}

async function apply(context: StepContext, connection: SshConnection): Promise<void> {
  const { publicKey } = outputOf(context, 'generate_ssh_key');
  await applyHandOver(connection, context.request.id, publicKey);
}
