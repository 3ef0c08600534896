import { messageOf, PortlamaError } from '../../../core/errors.js';
import { readServerFile } from '../../registry/server-files.js';
import { deadline } from '../deadline.js';
import { withPatience } from '../patience.js';
import type { Resource } from '../records.js';
import { removeAll } from '../rollback.js';
import { outputOf, type Step, type StepContext, type Undo } from '../step.js';
import { undoTag } from './create-droplet.js';
import { undoDoubles } from './double-droplets.js';
import { generateSshKey } from './generate-ssh-key.js';
import { handOver } from './hand-over.js';
import { uploadSshKey } from './upload-ssh-key.js';

/** The server is good by now: what cannot be removed is named, and never a reason to destroy it. */
export const cleanUp: Step<'cleanup'> = {
  id: 'cleanup',

  async run(context, signal) {
    const { clock, timing } = context.ports;
    const hostKey = await handOverOrName(context, signal);
    context.shell.close();
    const limit = deadline(clock, timing.outageMs);
    try {
      context.leftovers.push(...(await removeAll(temporaryThings(context), context, limit.signal)));
    } finally {
      limit.dispose();
    }
    return { hostKey };
  },
};

/** What must not outlive the operation. The credential goes last: it opens the droplet while that is needed. */
export function temporaryThings(context: StepContext): readonly Undo[] {
  return [
    ...undoDoubles(context),
    ...(uploadSshKey.undo?.(context) ?? []),
    undoTag(context),
    ...(generateSshKey.undo?.(context) ?? []),
  ];
}

async function handOverOrName(context: StepContext, signal: AbortSignal): Promise<string> {
  const resource = keyOnDroplet(context);
  if (context.removedBefore.has(resource.id)) return await keptHostKey(context);
  await context.write({ event: 'rollback', resource, status: 'running' });
  try {
    const hostKey = await withPatience(context, (either) => handOver(context, either), signal);
    await context.log('the droplet has new host keys, and the temporary key is gone from it');
    await context.write({ event: 'rollback', resource, status: 'removed' });
    return hostKey;
  } catch (error) {
    const reason = messageOf(error);
    const hint = error instanceof PortlamaError && error.hint !== undefined ? ` ${error.hint}` : '';
    await context.log(`the temporary key could not be removed from the droplet: ${reason}${hint}`);
    await context.write({ event: 'rollback', resource, status: 'failed', reason });
    context.leftovers.push(resource);
    return outputOf(context, 'generate_ssh_key').hostKey;
  }
}

function keyOnDroplet(context: StepContext): Resource {
  const { ip } = outputOf(context, 'wait_droplet');
  return {
    kind: 'ssh-key',
    id: `authorized_keys on ${ip}`,
    monthlyUsd: 0,
    removeBy: `Its private half is deleted, so it opens nothing; remove its line from /root/.ssh/authorized_keys.`,
  };
}

/** What the hand-over of an earlier worker left here. */
async function keptHostKey(context: StepContext): Promise<string> {
  const { ports, request } = context;
  const kept = await readServerFile(ports.home, request.serverId, 'host-key.pub');
  return kept?.toString('utf8').trim() ?? outputOf(context, 'generate_ssh_key').hostKey;
}
