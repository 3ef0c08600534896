import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Emitter } from '../../core/event.js';
import { pause } from '../delays.js';
import type { PublicCertificates } from './public-certificates.js';
import type { Authelia, Services } from './services.js';
import type { Nginx, PanelSite } from './site.js';

/** For how long a late joiner is still told the result, milliseconds. */
const RESULT_MS = 5000;

/** One message of a task: its text, what it adds to the log, what it does. */
interface Step {
  readonly message: string;
  readonly log?: string;
  readonly act?: () => void | Promise<void>;
}

export type TaskId = (typeof TASKS)[number]['id'];

const TASKS = [
  { id: 'install-chisel', title: 'Installing Chisel', done: 'Chisel installed and running' },
  { id: 'install-authelia', title: 'Installing Authelia', done: 'Authelia installed and running' },
  { id: 'issue-certs', title: 'Issuing TLS certificates', done: 'TLS certificates issued' },
  { id: 'configure-nginx', title: 'Configuring nginx', done: 'nginx configured and reloaded' },
  { id: 'verify-services', title: 'Verifying services', done: 'All services running' },
  { id: 'finalize', title: 'Finalizing setup', done: 'Provisioning complete' },
] as const;

interface TaskState {
  readonly id: string;
  readonly title: string;
  status: 'pending' | 'running' | 'done' | 'error';
  message: string | null;
  log: string | null;
}

export interface ProvisionResult {
  readonly adminUsername: string;
  readonly adminPassword: string;
  readonly panelUrl: string;
  readonly authUrl: string;
}

export interface ProvisionOptions extends PanelSite {
  readonly domain: string;
  readonly nginx: Nginx;
  readonly authelia: Authelia;
  readonly services: Services;
  readonly publicCertificates: PublicCertificates;
  /** Writes COMPLETED. */
  readonly complete: () => void;
}

/** The installation that the panel runs in its own process; lost when that one restarts. */
export class ProvisionRun {
  private readonly said = new Emitter<object>();
  private tasks: TaskState[] = TASKS.map(({ id, title }) => pending(id, title));
  private running = false;
  private error: { readonly task: string; readonly message: string } | null = null;
  private result: ProvisionResult | null = null;
  private password = '';
  private life = new AbortController();

  /** Fires with each message but the first one of a stream. */
  readonly onMessage = this.said.event;

  get isRunning(): boolean {
    return this.running;
  }

  /** First message of a stream. */
  get state(): object {
    return {
      type: 'state',
      isRunning: this.running,
      tasks: this.tasks,
      error: this.error,
      result: this.result,
    };
  }

  /** Starts the work in the background. */
  start(options: ProvisionOptions): void {
    this.running = true;
    this.error = null;
    this.tasks = TASKS.map(({ id, title }) => pending(id, title));
    this.life = new AbortController();
    const { signal } = this.life;
    const ending = AbortSignal.any([signal, options.lifetime]);
    this.run(options, ending).catch((error: unknown) => {
      if (!ending.aborted) throw error;
    });
  }

  /** The process that ran it is gone. */
  forget(): void {
    this.life.abort();
    this.running = false;
    this.error = null;
    this.result = null;
    this.tasks = TASKS.map(({ id, title }) => pending(id, title));
  }

  private async run(options: ProvisionOptions, signal: AbortSignal): Promise<void> {
    const steps = this.steps(options);
    for (const [index, { id, title, done }] of TASKS.entries()) {
      const failure = await this.runTask(index, steps[id], options, signal);
      if (failure !== undefined) {
        this.fail(index, failure);
        return;
      }
      const task = this.tasks[index]!;
      task.status = 'done';
      task.message = done;
      this.say({ task: id, title, status: 'done', message: done, log: null }, index + 1);
    }
    const { domain, clock } = options;
    this.result = {
      adminUsername: 'admin',
      adminPassword: this.password,
      panelUrl: `https://panel.${domain}`,
      authUrl: `https://auth.${domain}`,
    };
    this.running = false;
    const message = TASKS.at(-1)!.done;
    this.say({ task: 'complete', status: 'done', message, result: this.result }, TASKS.length);
    await pause(clock, RESULT_MS, signal);
    this.result = null;
  }

  /** Resolves to why it failed, undefined when it did not. */
  private async runTask(
    index: number,
    steps: readonly Step[],
    { faults, clock, delays, nginx }: ProvisionOptions,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { id, title } = TASKS[index]!;
    if (faults.takeOnboarding('onboarding-cuts', id) !== undefined) nginx.restart();
    const planned = faults.takeOnboarding('onboarding-fails', id);
    const task = this.tasks[index]!;
    task.status = 'running';
    for (const { message, log = null, act } of steps) {
      await pause(clock, delays.messageMs, signal);
      // Others have their turn even without delays.
      await setImmediate(undefined, { signal });
      task.message = message;
      task.log = log ?? task.log;
      this.say({ task: id, title, status: 'running', message, log }, index + 1);
      if (planned !== undefined) return planned.message;
      try {
        await act?.();
      } catch (error) {
        signal.throwIfAborted();
        return (error as Error).message;
      }
    }
    return undefined;
  }

  private fail(index: number, message: string): void {
    const { id, title } = TASKS[index]!;
    Object.assign(this.tasks[index]!, { status: 'error', message });
    this.running = false;
    this.error = { task: id, message };
    this.say({ task: id, status: 'error', message: `Failed: ${title}`, error: message }, index);
  }

  private say(message: object, current: number): void {
    this.said.fire({ ...message, progress: { current, total: TASKS.length } });
  }

  private steps(options: ProvisionOptions): Record<TaskId, readonly Step[]> {
    const { authelia, services, domain, publicCertificates, complete } = options;
    return {
      'install-chisel': [
        { message: 'Downloading Chisel binary...' },
        { message: 'Writing systemd service...', log: 'Chisel already installed' },
        { message: 'Starting Chisel service...', act: () => services.start('chisel') },
      ],
      'install-authelia': [
        { message: 'Downloading Authelia binary...' },
        { message: 'Writing configuration...', log: 'Authelia already installed' },
        {
          message: 'Creating admin user...',
          act: () => {
            this.password = randomBytes(16).toString('base64url');
            authelia.writeAdmin(this.password);
          },
        },
        { message: 'Writing systemd service...' },
        {
          message: 'Starting Authelia service...',
          // One that runs is not restarted: it knows the old password only (contract: retry).
          act: () => {
            if (!services.isActive('authelia')) authelia.load();
            services.start('authelia');
          },
        },
      ],
      'issue-certs': [
        {
          message: `Issuing certificate for panel.${domain}...`,
          act: () => this.issueCertificates(options),
        },
        { message: 'Setting up auto-renewal...' },
      ],
      'configure-nginx': [
        ...['panel vhost', 'auth vhost', 'tunnel vhost', 'invitation page'].map((what) => ({
          message: `Writing ${what}...`,
        })),
        { message: 'Enabling sites...' },
        { message: 'Testing nginx configuration...' },
        { message: 'Reloading nginx...', act: () => publicCertificates.load() },
      ],
      'verify-services': [
        { message: 'Checking Chisel...' },
        { message: 'Checking Authelia...' },
        { message: 'Checking nginx...' },
        { message: 'Checking panel server...' },
      ],
      finalize: [{ message: 'Updating configuration...', act: complete }],
    };
  }

  /** One after the other; says nothing meanwhile. */
  private async issueCertificates(options: ProvisionOptions): Promise<void> {
    const { domain, clock, delays, lifetime, publicCertificates } = options;
    for (const name of [`panel.${domain}`, `auth.${domain}`, `tunnel.${domain}`]) {
      publicCertificates.issue(name);
      await pause(clock, delays.certificateMs, lifetime);
    }
  }
}

function pending(id: string, title: string): TaskState {
  return { id, title, status: 'pending', message: null, log: null };
}
