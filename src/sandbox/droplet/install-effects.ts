import { SERVER_PATH } from '../../core/product.js';
import type { Clock } from '../../core/time.js';
import type { DropletFaults } from '../faults/droplet-faults.js';
import { pause } from '../delays.js';
import type { FileSystem } from './files.js';
import type { InstallFailure, InstallRun } from './install-job.js';
import type { InstallStep } from './install-lines.js';
import type { AdminCertificates } from '../panel/admin-certificates.js';
import type { Panel } from '../panel/panel.js';

/** Interval between bursts of log lines, milliseconds. */
const FLOOD_TICK_MS = 20;
/** After how long it gives up in the sandbox, milliseconds; on a real droplet it is minutes. */
const APT_PATIENCE_MS = 3000;
/** Time limit for a started panel, milliseconds; two minutes on a real droplet. */
const PANEL_PATIENCE_MS = 3000;
const PANEL_LOOK_MS = 20;
/** Name of the process that holds the apt lock. */
const APT_HOLDER = 'unattended-upgr (process 1174)';
const APT_LOCK = '/var/lib/dpkg/lock-frontend';

export interface InstallEffectsOptions {
  readonly files: FileSystem;
  readonly faults: DropletFaults;
  readonly panel: Panel;
  readonly certificates: AdminCertificates;
  readonly clock: Clock;
  readonly lifetime: AbortSignal;
  /** sshd restarts: open connections end, new ones are refused for a moment. */
  readonly restartSshd: () => void;
}

/** Effects of the installation's steps on a droplet, and their failures. */
export class InstallEffects {
  private readonly options: InstallEffectsOptions;
  private failedRuns = 0;
  private failedDownloads = 0;
  private slowStarts = 0;
  private hardened = false;
  private panelStarted = false;
  private gatekeeperRuns = false;

  constructor(options: InstallEffectsOptions) {
    this.options = options;
  }

  isInstalled(): boolean {
    return this.options.files.find(SERVER_PATH.config) !== undefined;
  }

  async beginStep(step: InstallStep, run: InstallRun): Promise<InstallFailure | undefined> {
    if (step === 'wait_apt') return await this.waitForApt(run);
    if (step === 'check_environment') return this.missingInput(run);
    // The work is part of the step's time.
    if (step === 'generate_certs') this.options.certificates.prepare();
    await this.flood(step, run);
    return undefined;
  }

  async finishStep(step: InstallStep, run: InstallRun): Promise<InstallFailure | undefined> {
    return this.plannedFailure(step, run) ?? this.takeEffect(step);
  }

  /** A panel that was never started is not waited for. */
  async checkPanel(): Promise<boolean> {
    const { clock, lifetime, panel } = this.options;
    const until = clock.monotonic() + PANEL_PATIENCE_MS;
    while (this.panelStarted && panel.state !== 'up' && clock.monotonic() < until) {
      await pause(clock, PANEL_LOOK_MS, lifetime);
    }
    return panel.state === 'up' && this.gatekeeperRuns;
  }

  /** A new certificate of the panel's own: what is pinned no longer fits. */
  renewPanelCertificate(): void {
    const { files, panel, certificates } = this.options;
    const { authority } = certificates;
    const { panelPem, panelKeyPem } = authority.issuePanel();
    files.writeFile(SERVER_PATH.panelCertificate, panelPem, 0o644);
    files.writeFile(`${SERVER_PATH.pki}/self-signed-key.pem`, panelKeyPem, 0o600);
    panel.configure({ ...authority.pem, panelPem, panelKeyPem });
  }

  private takeEffect(step: InstallStep): InstallFailure | undefined {
    const { files, panel, certificates, faults, restartSshd } = this.options;
    if (step === 'harden_system' && !this.hardened) {
      this.hardened = true;
      restartSshd();
    } else if (step === 'generate_certs') {
      certificates.install();
      files.writeFile(`${SERVER_PATH.pki}/ca.crt`, certificates.authority.pem.authorityPem, 0o644);
    } else if (step === 'configure_nginx') {
      this.renewPanelCertificate();
      if (faults.has('panel-never-comes')) panel.state = 'absent';
      else if (panel.state === 'absent') panel.state = 'server-down';
    } else if (step === 'deploy_panel' || step === 'redeploy_panel') {
      files.writeFile(SERVER_PATH.config, '{}\n', 0o640);
      panel.server.deploy();
      return this.startPanel();
    } else if (step === 'deploy_gatekeeper') {
      return this.startGatekeeper();
    }
    return undefined;
  }

  private startPanel(): InstallFailure | undefined {
    const { panel, faults } = this.options;
    if (faults.has('panel-never-comes') || faults.has('panel-server-down')) return undefined;
    this.panelStarted = true;
    const slow = faults.find('panel-slow');
    const isSlow = slow !== undefined && this.slowStarts < (slow.runs ?? Infinity);
    // One that runs already is not started again.
    if (panel.state === 'up' || !isSlow) {
      panel.state = 'up';
      return undefined;
    }
    this.slowStarts++;
    if (slow.afterMs !== undefined) this.later(slow.afterMs, () => (panel.state = 'up'));
    const message = 'Panel health check failed. The service is running but not responding.';
    return { message, exitCode: 1 };
  }

  private startGatekeeper(): InstallFailure | undefined {
    const slow = this.options.faults.find('gatekeeper-slow');
    if (slow === undefined || this.gatekeeperRuns) {
      this.gatekeeperRuns = true;
      return undefined;
    }
    this.later(slow.afterMs, () => (this.gatekeeperRuns = true));
    return { message: 'Gatekeeper service failed to start: activating', exitCode: 1 };
  }

  private later(ms: number, act: () => void): void {
    const { clock, lifetime } = this.options;
    // A droplet that is destroyed does nothing any more.
    pause(clock, ms, lifetime).then(act, () => undefined);
  }

  private plannedFailure(step: InstallStep, run: InstallRun): InstallFailure | undefined {
    const { faults } = this.options;
    const memory = faults.find('out-of-memory');
    if (memory !== undefined && step === (memory.step ?? 'deploy_panel')) {
      run.print('Killed');
      const message = 'The server ran out of memory while the installer ran.';
      return { message, code: 'out-of-memory', exitCode: 1, wasKilled: true };
    }
    const download = faults.find('download-fails');
    if (download?.step === step && this.failedDownloads < download.runs) {
      this.failedDownloads++;
      run.print('npm error code ECONNRESET');
      return { message: 'npm error network aborted', exitCode: 1, isDownload: true };
    }
    const fails = faults.find('install-fails');
    if (fails?.step !== step || this.failedRuns >= (fails.runs ?? Infinity)) return undefined;
    this.failedRuns++;
    return { message: fails.message, exitCode: 1 };
  }

  private async flood(step: InstallStep, run: InstallRun): Promise<void> {
    const { faults, clock, lifetime } = this.options;
    const fault = faults.find('log-flood');
    if (fault?.step !== step) return;
    const perTick = Math.ceil((fault.linesPerSecond * FLOOD_TICK_MS) / 1000);
    let line = 0;
    for (let passed = 0; passed < fault.forMs; passed += FLOOD_TICK_MS) {
      const last = line + perTick;
      while (line < last) run.print(`npm verbose flood line ${++line}`);
      await pause(clock, FLOOD_TICK_MS, lifetime);
    }
  }

  private async waitForApt(run: InstallRun): Promise<InstallFailure | undefined> {
    const { faults, clock, lifetime } = this.options;
    const fault = faults.find('apt-locked');
    if (fault === undefined) return undefined;
    const heldMs = fault.forMs ?? Infinity;
    // The real one says it every 15 s, which is longer than anybody waits here.
    run.print(`Waiting for ${APT_HOLDER}, which holds ${APT_LOCK}.`);
    await pause(clock, Math.min(heldMs, APT_PATIENCE_MS), lifetime);
    if (heldMs <= APT_PATIENCE_MS) return undefined;
    const message = `After ${APT_PATIENCE_MS / 1000} s ${APT_HOLDER} still holds ${APT_LOCK}.`;
    return { message, code: 'apt-locked', exitCode: 1 };
  }

  /** Finds an input that job.sh requires and that is missing. */
  private missingInput({ folder }: InstallRun): InstallFailure | undefined {
    const { files } = this.options;
    const settings = files.readText(`${folder}/settings`) ?? '';
    const tarball = /^INSTALLER_TARBALL='?([^'\n]+)'?$/m.exec(settings)?.[1];
    const spec = /^INSTALLER_SPEC='?([^'\n]+)'?$/m.exec(settings)?.[1];
    if (files.find(`${folder}/job.sh`) === undefined) {
      return { message: 'job.sh is missing.', exitCode: 127 };
    }
    if (tarball !== undefined) {
      const path = tarball.startsWith('/') ? tarball : `${folder}/${tarball}`;
      if (files.find(path) !== undefined) return undefined;
      return { message: `The installer ${path} is not there.`, exitCode: 1 };
    }
    if (spec !== undefined) return undefined;
    return { message: 'No installer was named in settings.', exitCode: 1 };
  }
}
