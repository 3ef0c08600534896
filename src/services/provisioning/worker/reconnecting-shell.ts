import type { PortlamaError } from '../../../core/errors.js';
import type { Disposable } from '../../../core/lifecycle.js';
import { ApiError } from '../../digitalocean/api-error.js';
import { ReconnectingSsh } from '../../ssh/reconnecting.js';
import { SshError } from '../../ssh/ssh-error.js';
import { findLoss } from './droplet-loss.js';
import { loadSecrets } from './operation-secrets.js';
import { type DropletShell, outputOf, type StepContext } from './step.js';

const SSH_PORT = 22;

interface Opened {
  readonly ip: string;
  readonly ssh: Promise<ReconnectingSsh>;
}

/**
 * Connects at the first use: only then are the droplet's address and its keys known. When SSH fails for a while,
 * DigitalOcean is asked as well: a droplet that is gone or powered off ends it with that.
 */
export function reconnectingShell(contextOf: () => StepContext): DropletShell {
  let opened: Opened | undefined;
  const close = (): void => {
    void opened?.ssh.then(
      (ssh) => ssh.dispose(),
      () => undefined,
    );
    opened = undefined;
  };
  const sshTo = async (ip: string): Promise<ReconnectingSsh> => {
    if (opened?.ip !== ip) close();
    const own = (opened ??= { ip, ssh: open(contextOf(), ip) });
    return await own.ssh.catch((error: unknown) => {
      // The credential store may answer the next time.
      if (opened === own) opened = undefined;
      throw error;
    });
  };
  let trouble: PortlamaError | undefined;
  return {
    get trouble() {
      return trouble;
    },
    async reach(ip, signal) {
      const { clock, timing } = contextOf().ports;
      const ssh = await sshTo(ip);
      for (;;) {
        try {
          await ssh.connectOnce(signal);
          return true;
        } catch (error) {
          if (!(error instanceof SshError && error.retryable)) return false;
        }
        await clock.sleep(timing.bootPollMs, signal);
      }
    },
    async use(work, signal) {
      const ssh = await sshTo(outputOf(contextOf(), 'wait_droplet').ip);
      const doubt = new DropletDoubt(contextOf());
      const listening = ssh.onWaiting(({ error }) => {
        trouble = error;
        doubt.note();
      });
      try {
        return await ssh.use(
          async (connection) => {
            trouble = undefined;
            doubt.dispose();
            return await work(connection);
          },
          AbortSignal.any([signal, doubt.signal]),
        );
      } catch (error) {
        throw signal.aborted ? error : (doubt.loss ?? error);
      } finally {
        listening.dispose();
        doubt.dispose();
      }
    },
    close,
  };
}

/** Asks for a loss once a trouble has lasted. It is over with the next connection. */
class DropletDoubt implements Disposable {
  loss: PortlamaError | undefined;
  private readonly lost = new AbortController();
  /** Aborted when the droplet is lost. */
  readonly signal = this.lost.signal;
  private since: number | undefined;
  private asking: AbortController | undefined;

  constructor(private readonly context: StepContext) {}

  /** A try to connect has failed. */
  note(): void {
    const { clock, timing } = this.context.ports;
    this.since ??= clock.monotonic();
    if (this.asking !== undefined || clock.monotonic() - this.since < timing.doubtMs) return;
    this.asking = new AbortController();
    void this.ask(this.asking.signal);
  }

  dispose(): void {
    this.since = undefined;
    this.asking?.abort();
    this.asking = undefined;
  }

  private async ask(signal: AbortSignal): Promise<void> {
    const { clock, timing } = this.context.ports;
    while (!signal.aborted) {
      try {
        this.loss = await findLoss(this.context, signal);
        if (this.loss !== undefined) return this.lost.abort();
      } catch (error) {
        // Ignore a failed look, which proves nothing; a refused token stays refused.
        if (!(error instanceof ApiError) || !error.retryable) return;
      }
      await clock.sleep(timing.doubtMs, signal).catch(() => undefined);
    }
  }
}

async function open(context: StepContext, ip: string): Promise<ReconnectingSsh> {
  const { ports } = context;
  const { privateKey } = await loadSecrets(context);
  const target = {
    host: ip,
    port: SSH_PORT,
    username: 'root',
    privateKey,
    hostKey: outputOf(context, 'generate_ssh_key').hostKey,
    dial: ports.dial,
  };
  const ssh = new ReconnectingSsh(ports.connectSsh, target, {
    clock: ports.clock,
    // Wait for as long as an installation may take: it continues without a connection.
    get budgetMs() {
      const { wait_ssh, install_portlama } = context.outputs;
      const isInstalling = wait_ssh !== undefined && install_portlama === undefined;
      return isInstalling ? ports.timing.installMs : ports.timing.sshMs;
    },
    backoffMaxMs: ports.timing.minPollMs * 2,
  });
  ssh.onWaiting(({ text }) => {
    // A journal that cannot be written fails the step's own next record.
    context.waiting(text).catch(() => undefined);
  });
  return ssh;
}
