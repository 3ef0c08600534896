import { isAbort, messageOf } from '../../../core/errors.js';
import { removeAll } from '../rollback.js';
import { outputOf, type Step, type StepContext } from '../step.js';
import { undoTag } from './create-droplet.js';
import { generateSshKey } from './generate-ssh-key.js';
import { handOver } from './hand-over.js';
import { uploadSshKey } from './upload-ssh-key.js';

/** The server is good by now: what cannot be removed is named, and never a reason to destroy it. */
export const cleanUp: Step<'cleanup'> = {
  id: 'cleanup',

  async run(context, signal) {
    const hostKey = await handOverOrName(context, signal);
    context.shell.close();
    const temporary = [
      ...(uploadSshKey.undo?.(context) ?? []),
      undoTag(context),
      ...(generateSshKey.undo?.(context) ?? []),
    ];
    context.leftovers.push(...(await removeAll(temporary, context, signal)));
    return { hostKey };
  },
};

async function handOverOrName(context: StepContext, signal: AbortSignal): Promise<string> {
  try {
    const hostKey = await handOver(context, signal);
    await context.log('the droplet has new host keys, and the temporary key is gone from it');
    return hostKey;
  } catch (error) {
    if (isAbort(error)) throw error;
    const { ip } = outputOf(context, 'wait_droplet');
    await context.log(
      `the temporary key could not be removed from the droplet: ${messageOf(error)}`,
    );
    context.leftovers.push({
      kind: 'ssh-key',
      id: `authorized_keys on ${ip}`,
      monthlyUsd: 0,
      removeBy: `Its private half is deleted, so it opens nothing; remove its line from /root/.ssh/authorized_keys.`,
    });
    return outputOf(context, 'generate_ssh_key').hostKey;
  }
}
