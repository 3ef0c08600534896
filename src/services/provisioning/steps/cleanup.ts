import { messageOf, PortlamaError } from '../../../core/errors.js';
import { type Hint, hintParts } from '../../../core/hint.js';
import { REMOTE_HOME, remoteFolder } from '../../installer/installer.js';
import { readHostKey } from '../../registry/server-files.js';
import { deadline, withPatience } from '../worker/deadline.js';
import { DROPLET_GONE, findLoss } from '../worker/droplet-loss.js';
import type { Resource } from '../journal/records.js';
import { OPERATION_KEY_MISSING } from '../worker/resumable.js';
import { removeAll } from '../worker/rollback.js';
import { outputOf, type Step, type StepContext, type Undo } from '../worker/step.js';
import { undoWithTag } from './create-droplet.js';
import { undoDoubles } from '../droplets/own-droplets.js';
import { step as generateSshKey } from './generate-ssh-key.js';
import { handOver } from './hand-over.js';
import { step as uploadSshKey } from './upload-ssh-key.js';

declare module '../worker/step.js' {
  interface StepOutputs {
    readonly cleanup: { readonly hostKey: string };
  }
}

/** The server is good by now: what cannot be removed is named, and never a reason to destroy it. */
export const step: Step<'cleanup'> = {
  async run(context, signal) {
    const { clock, timing } = context.ports;
    const { hostKey, failure } = await tryHandOver(context, signal);
    context.shell.close();
    const credential = generateSshKey.undo?.(context) ?? [];
    const isKeyNeeded = failure !== undefined && !isKeyGone(failure);
    const items = [...inAccount(context), ...(isKeyNeeded ? [] : credential)];
    const limit = deadline(clock, timing.outageMs);
    try {
      if (failure !== undefined) context.leftovers.push(...onDroplet(context, failure));
      context.leftovers.push(...(await removeAll(items, context, limit.signal)));
      if (isKeyNeeded) context.leftovers.push(...credential.map(keptFor(context)));
    } finally {
      limit.dispose();
    }
    return { hostKey };
  },
};

/** All that may be left when the clean-up stops in the middle. Names it; removes nothing. */
export function temporaryThings(context: StepContext): readonly Resource[] {
  const credential = generateSshKey.undo?.(context) ?? [];
  return [
    ...(isHandedOver(context) ? [] : onDroplet(context, undefined)),
    ...inAccount(context).map(({ resource }) => resource),
    ...credential.map(keptFor(context)),
  ];
}

/** Lists the undo actions in the account; resources that cost money come first. */
function inAccount(context: StepContext): readonly Undo[] {
  return [...undoWithTag(undoDoubles(context), context), ...(uploadSshKey.undo?.(context) ?? [])];
}

/** The temporary key opens the droplet, so it is kept while it is the only way to try again. */
async function tryHandOver(
  context: StepContext,
  signal: AbortSignal,
): Promise<{ readonly hostKey: string; readonly failure?: unknown }> {
  const resource = keyOnDroplet(context);
  if (isHandedOver(context)) return { hostKey: await keptHostKey(context) };
  await context.write({ event: 'rollback', resource, status: 'running' });
  try {
    const hostKey = await withPatience(context, (either) => handOver(context, either), signal);
    await context.log('the droplet has new host keys, and the temporary key is gone from it');
    await context.write({ event: 'rollback', resource, status: 'removed' });
    context.removedBefore.add(resource.id);
    return { hostKey };
  } catch (error) {
    const failure = isKeyGone(error) ? ((await findLossIfAny(context, signal)) ?? error) : error;
    if (failure instanceof PortlamaError && failure.code === DROPLET_GONE) {
      await context.log(`nothing is left to hand over: ${failure.message}`);
      await context.write({ event: 'rollback', resource, status: 'absent' });
      context.removedBefore.add(resource.id);
      return { hostKey: await keptHostKey(context) };
    }
    const reason = messageOf(failure);
    const said = ['the temporary key could not be removed from the droplet:', reason];
    await context.log([...said, ...textOf(failure)].join(' '));
    await context.write({ event: 'rollback', resource, status: 'failed', reason });
    return { hostKey: outputOf(context, 'generate_ssh_key').hostKey, failure };
  }
}

/** Parts of its hint that are text. */
function textOf(failure: unknown): readonly string[] {
  if (!(failure instanceof PortlamaError)) return [];
  return hintParts(failure.hint).filter((part) => typeof part === 'string');
}

/** Finds a loss; a failed look counts as none. */
async function findLossIfAny(
  context: StepContext,
  signal: AbortSignal,
): Promise<PortlamaError | undefined> {
  return await findLoss(context, signal).catch(() => undefined);
}

function isHandedOver(context: StepContext): boolean {
  return context.removedBefore.has(keyOnDroplet(context).id);
}

function isKeyGone(failure: unknown): boolean {
  return failure instanceof PortlamaError && failure.code === OPERATION_KEY_MISSING;
}

/**
 * Names the leftovers on the droplet that the hand-over would have removed. Without the key only
 * the user can remove them.
 */
function onDroplet(context: StepContext, failure: unknown): readonly Resource[] {
  const { ip } = outputOf(context, 'wait_droplet');
  const folder = remoteFolder(context.request.id, REMOTE_HOME);
  const line = 'remove its line from /root/.ssh/authorized_keys. Its private half is gone.';
  const newKeys = 'rm /etc/ssh/ssh_host_*; ssh-keygen -A; systemctl restart ssh';
  const named = (kind: Resource['kind'], id: string, how: string): Resource =>
    isKeyGone(failure)
      ? { kind, id, monthlyUsd: 0, removeBy: `In the droplet’s console: ${how}`, byHand: true }
      : { kind, id, monthlyUsd: 0, removeBy: cleanUpAgain(context) };
  return [
    named('ssh-key', keyOnDroplet(context).id, line),
    // Programs on the droplet can read its private half in the user data.
    named('host-key', `host key of ${ip}`, newKeys),
    named('file', `${folder} on ${ip}`, `rm -r ${folder}`),
  ];
}

function keyOnDroplet(context: StepContext): Resource {
  const { ip } = outputOf(context, 'wait_droplet');
  const id = `authorized_keys on ${ip}`;
  return { kind: 'ssh-key', id, monthlyUsd: 0, removeBy: cleanUpAgain(context) };
}

function keptFor(context: StepContext): (undo: Undo) => Resource {
  return ({ resource }) => ({ ...resource, removeBy: cleanUpAgain(context) });
}

function cleanUpAgain({ request }: StepContext): Hint {
  return { lead: 'Once that is possible', command: 'operations.cleanup', id: request.id };
}

/** Reads the host key stored by an earlier worker's hand-over. */
async function keptHostKey(context: StepContext): Promise<string> {
  const { ports, request } = context;
  const kept = await readHostKey(ports.home, request.serverId);
  return kept ?? outputOf(context, 'generate_ssh_key').hostKey;
}
