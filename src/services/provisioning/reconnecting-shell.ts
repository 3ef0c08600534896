import { ReconnectingSsh } from '../ssh/reconnecting.js';
import type { DropletShell } from './droplet-shell.js';
import { loadSecrets } from './operation-secrets.js';
import { outputOf, type StepContext } from './step.js';

const SSH_PORT = 22;

/** Connects at the first use: only then are the droplet's address and its keys known. */
export function reconnectingShell(contextOf: () => StepContext): DropletShell {
  let opening: Promise<ReconnectingSsh> | undefined;
  return {
    async use(work, signal) {
      opening ??= open(contextOf());
      const ssh = await opening.catch((error: unknown) => {
        // The credential store may answer the next time.
        opening = undefined;
        throw error;
      });
      return await ssh.use(work, signal);
    },
    close() {
      void opening?.then(
        (ssh) => ssh.dispose(),
        () => undefined,
      );
      opening = undefined;
    },
  };
}

async function open(context: StepContext): Promise<ReconnectingSsh> {
  const { ports } = context;
  const { privateKey } = await loadSecrets(context);
  const target = {
    host: outputOf(context, 'wait_droplet').ip,
    port: SSH_PORT,
    username: 'root',
    privateKey,
    hostKey: outputOf(context, 'generate_ssh_key').hostKey,
    dial: ports.dial,
  };
  const ssh = new ReconnectingSsh(ports.connectSsh, target, {
    clock: ports.clock,
    budgetMs: ports.timing.sshMs,
    backoffMaxMs: ports.timing.minPollMs * 2,
  });
  ssh.onWaiting(({ text }) => {
    // A journal that cannot be written fails the step's own next record.
    context.waiting(text).catch(() => undefined);
  });
  return ssh;
}
