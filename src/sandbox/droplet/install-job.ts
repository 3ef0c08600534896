import { PANEL_PORT, SERVER_PATH } from '../../core/product.js';
import type { Clock } from '../../core/time.js';
import { pause } from '../delays.js';
import type { FileNode, FileSystem } from './files.js';
import {
  BOOTSTRAP_STEPS,
  FIRST_INSTALLATION_STEPS,
  INSTALL_LINES,
  type InstallStep,
  REPEATED_INSTALLATION_STEPS,
} from './install-lines.js';

/** After these the installer's own look at what it started can have come too early. */
const PANEL_STEPS: ReadonlySet<InstallStep> = new Set([
  'deploy_panel',
  'redeploy_panel',
  'deploy_gatekeeper',
]);

/** Why a run fails, and with which exit code. */
export interface InstallFailure {
  readonly message: string;
  readonly code?: string;
  readonly exitCode: number;
  /** The installer could not say that its step failed. */
  readonly wasKilled?: boolean;
  /** True when the output of the job shows a failed download. */
  readonly isDownload?: boolean;
}

/** Operations of the droplet used by an installation. */
export interface InstallHost {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly address: string;
  /** Aborted when the droplet goes. */
  readonly lifetime: AbortSignal;
  readonly stepMs: Readonly<Record<InstallStep, number>>;
  /** True when Portlama is already installed. */
  isInstalled(): boolean;
  /** Runs before a step's work; a result makes the run fail. */
  beginStep(step: InstallStep, run: InstallRun): Promise<InstallFailure | undefined>;
  /** After a step's work: its effect. What it resolves to makes the run fail. */
  finishStep(step: InstallStep, run: InstallRun): Promise<InstallFailure | undefined>;
  /** Waits until panel, nginx and gatekeeper run. False when they will not. */
  checkPanel(): Promise<boolean>;
}

/** The run that a step belongs to. */
export interface InstallRun {
  readonly folder: string;
  /** Writes a line into the log. */
  print(line: string): void;
}

/** One run of job.sh: bootstrap and installer, detached from every connection. */
export class InstallJob {
  readonly log: FileNode;
  private readonly folder: string;
  private readonly host: InstallHost;
  private readonly waiting = new Set<() => void>();
  private code: number | undefined;
  /** The one that was begun last. */
  private step: InstallStep | undefined;

  constructor(folder: string, host: InstallHost) {
    this.folder = folder;
    this.host = host;
    this.log = host.files.createFile(`${folder}/log`, 0o600);
    void this.run();
  }

  /** Undefined while it runs. */
  get exitCode(): number | undefined {
    return this.code;
  }

  /** Resolves when the log grew or the job ended; rejects when the signal is aborted first. */
  nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.waiting.delete(settle);
        signal.removeEventListener('abort', handleAbort);
        resolve();
      };
      const handleAbort = (): void => {
        this.waiting.delete(settle);
        reject(new DOMException('The operation was aborted', 'AbortError'));
      };
      if (signal.aborted) {
        handleAbort();
        return;
      }
      this.waiting.add(settle);
      signal.addEventListener('abort', handleAbort, { once: true });
    });
  }

  private async run(): Promise<void> {
    try {
      const failure = await this.runSteps(BOOTSTRAP_STEPS);
      if (failure !== undefined) this.printError(failure);
      this.end(failure?.exitCode ?? (await this.install()));
    } catch (error) {
      // The droplet went away under it.
      if (!this.host.lifetime.aborted) throw error;
    }
  }

  /**
   * Runs the installer, and a second time after failures that allow it, like install_portlama in
   * job.sh. Resolves to the exit code.
   */
  private async install(): Promise<number> {
    for (let isFull = false; ; isFull = true) {
      const failure = await this.runInstaller(isFull);
      if (failure === undefined) return 0;
      this.printError(failure);
      if (failure.wasKilled) return failure.exitCode;
      if (this.step !== undefined && PANEL_STEPS.has(this.step)) {
        if (await this.checkPanel()) return 0;
      } else if (!failure.isDownload) {
        return failure.exitCode;
      }
      if (isFull) return failure.exitCode;
      this.print({ event: 'step', step: 'repeat_install', status: 'running' });
      this.print({ event: 'step', step: 'repeat_install', status: 'complete' });
    }
  }

  private async checkPanel(): Promise<boolean> {
    this.print({ event: 'step', step: 'check_panel', status: 'running' });
    const isGood = await this.host.checkPanel();
    this.print({ event: 'step', step: 'check_panel', status: isGood ? 'complete' : 'failed' });
    return isGood;
  }

  private printError({ message, code }: InstallFailure): void {
    this.print({ event: 'error', message, ...(code === undefined ? {} : { code }) });
  }

  private async runInstaller(isFull: boolean): Promise<InstallFailure | undefined> {
    const { address } = this.host;
    const isRepeated = this.host.isInstalled() && !isFull;
    const steps = isRepeated ? REPEATED_INSTALLATION_STEPS : FIRST_INSTALLATION_STEPS;
    const failure = await this.runSteps(steps);
    if (failure !== undefined) return failure;
    this.print({
      event: 'complete',
      server: {
        ip: address,
        panelUrl: `https://${address}:${PANEL_PORT}`,
        p12Path: SERVER_PATH.p12,
        p12PasswordPath: SERVER_PATH.p12Password,
      },
    });
    return undefined;
  }

  private async runSteps(steps: readonly InstallStep[]): Promise<InstallFailure | undefined> {
    for (const step of steps) {
      const failure = await this.runStep(step);
      if (failure === undefined) continue;
      if (!failure.wasKilled) this.print({ event: 'step', step, status: 'failed' });
      return failure;
    }
    return undefined;
  }

  private async runStep(step: InstallStep): Promise<InstallFailure | undefined> {
    const { host } = this;
    this.step = step;
    const run: InstallRun = { folder: this.folder, print: (line) => this.print(line) };
    this.print({ event: 'step', step, status: 'running' });
    const begin = host.clock.monotonic();
    const hindrance = await host.beginStep(step, run);
    if (hindrance !== undefined) return hindrance;
    const lines = INSTALL_LINES[step];
    // By the clock, not by adding up: timers are late, and a step with many lines would grow.
    const untilPart = async (part: number): Promise<void> => {
      const due = begin + (host.stepMs[step] * part) / (lines.length + 1);
      await pause(host.clock, due - host.clock.monotonic(), host.lifetime);
    };
    for (const [index, line] of lines.entries()) {
      await untilPart(index + 1);
      this.print(line.replace('203.0.113.x', host.address));
    }
    await untilPart(lines.length + 1);
    host.lifetime.throwIfAborted();
    const failure = await host.finishStep(step, run);
    // Node is there since the bootstrap: the installer has nothing to do.
    const status = step === 'install_node' ? 'skipped' : 'complete';
    if (failure === undefined) this.print({ event: 'step', step, status });
    return failure;
  }

  private print(line: string | object): void {
    const text = typeof line === 'string' ? line : JSON.stringify(line);
    this.log.write(this.log.size, Buffer.from(`${text}\n`));
    this.wake();
  }

  private end(code: number): void {
    // The folder may have been removed under the job.
    if (this.host.files.find(this.folder) !== undefined) {
      this.host.files.writeFile(`${this.folder}/exit`, `${code}\n`, 0o600);
    }
    this.code = code;
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
  }
}
