import type { Socket } from 'node:net';
import type { ServerChannel } from 'ssh2';
import type { Clock } from '../../core/time.js';
import { pause, type SandboxDelays, type Timeline } from '../delays.js';
import type { DropletFaults } from '../faults/droplet-faults.js';
import { runCommand } from './commands.js';
import { FileSystem } from './files.js';
import { InstallEffects } from './install-effects.js';
import { Installations } from './installations.js';
import { AdminCertificates } from '../panel/admin-certificates.js';
import { Panel } from '../panel/panel.js';
import type { PanelSite } from '../panel/site.js';
import {
  AUTHORIZED_KEYS_PATH,
  generateHostKey,
  HOST_KEY_PATH,
  injectedHostKey,
  injectedKeys,
  SshDaemon,
} from './ssh-daemon.js';

const SSH_PORT = 22;

export interface MachineOptions {
  readonly address: string;
  readonly hostname: string;
  readonly userData: string;
  /** authorized_keys lines. */
  readonly authorizedKeys: readonly string[];
  readonly timeline: Timeline;
  readonly faults: DropletFaults;
  readonly delays: SandboxDelays;
  readonly clock: Clock;
  /** Milliseconds to the droplet and back. */
  readonly roundTripMs: () => number;
  readonly restartSshDuringInstall: boolean;
  /** Parts of the world common to all droplets. */
  readonly world: Pick<PanelSite, 'names' | 'publicAuthority' | 'releases'>;
}

/** Outcome of a connection attempt: a failure, or the server that accepts it. */
export type Reach =
  | { readonly code: 'ECONNREFUSED' | 'ETIMEDOUT' }
  | { readonly code?: undefined; readonly accept: (socket: Socket) => void };

/** The computer behind a droplet: files, sshd, installer, panel. */
export class Machine {
  readonly address: string;
  readonly hostname: string;
  readonly files: FileSystem;
  readonly faults: DropletFaults;
  readonly panel: Panel;
  readonly ssh: SshDaemon;
  readonly roundTripMs: () => number;
  private readonly options: MachineOptions;
  private readonly effects: InstallEffects;
  private readonly installations: Installations;
  private readonly lifetime = new AbortController();
  private power: 'on' | 'off' | 'gone' = 'on';
  /** Monotonic: sshd restarts until then. */
  private sshClosedUntil = -Infinity;

  constructor(options: MachineOptions) {
    const { address, hostname, clock, faults, roundTripMs, delays } = options;
    const now = (): number => clock.now();
    this.options = options;
    this.address = address;
    this.hostname = hostname;
    this.faults = faults;
    this.roundTripMs = roundTripMs;
    this.files = new FileSystem(now);
    const lifetime = this.lifetime.signal;
    const certificates = new AdminCertificates({ address, files: this.files, faults, now });
    this.panel = new Panel({
      ...options.world,
      address,
      roundTripMs,
      clock,
      faults,
      lifetime,
      certificates,
      files: this.files,
      delays: delays.panel,
    });
    this.ssh = new SshDaemon({
      files: this.files,
      faults,
      now,
      onExec: (command, channel) => void runCommand(this.commandContext(), command, channel),
    });
    this.effects = new InstallEffects({
      files: this.files,
      faults,
      panel: this.panel,
      certificates,
      clock,
      lifetime,
      restartSshd: () => this.restartSshd(),
    });
    this.installations = new Installations({
      files: this.files,
      clock,
      address,
      lifetime,
      stepMs: delays.install,
      isInstalled: () => this.effects.isInstalled(),
      beginStep: (step, run) => this.effects.beginStep(step, run),
      finishStep: (step, run) => this.effects.finishStep(step, run),
      checkPanel: () => this.effects.checkPanel(),
    });
    this.provideFiles();
  }

  get isOn(): boolean {
    return this.power === 'on';
  }

  get isGone(): boolean {
    return this.power === 'gone';
  }

  /** Finds the server that accepts a connection to this port now. */
  reach(port: number): Reach {
    const now = this.options.clock.monotonic();
    if (this.power !== 'on') return { code: 'ETIMEDOUT' };
    if (port === SSH_PORT && this.isSshOpen(now)) {
      return { accept: (socket) => this.ssh.accept(socket) };
    }
    if (this.panel.listensOn(port)) {
      return { accept: (socket) => this.panel.accept(socket, port) };
    }
    return { code: 'ECONNREFUSED' };
  }

  turnOff(): void {
    if (this.power === 'on') this.power = 'off';
    this.dropConnections();
  }

  turnOn(): void {
    if (this.power === 'off') this.power = 'on';
  }

  /** Ends the machine and all its connections permanently. */
  destroy(): void {
    this.power = 'gone';
    this.lifetime.abort();
    this.dropConnections();
  }

  /** Runs a command on the console, as root; gives what it prints. */
  async runOnConsole(command: string): Promise<string> {
    let printed = '';
    const write = (text: string): void => void (printed += text);
    const channel = { write, stderr: { write }, exit: () => undefined, end: () => undefined };
    await runCommand(this.commandContext(), command, channel as unknown as ServerChannel);
    return printed;
  }

  refuseSsh(forMs: number): void {
    this.sshClosedUntil = this.options.clock.monotonic() + forMs;
    this.ssh.dropConnections();
  }

  renewPanelCertificate(): void {
    this.effects.renewPanelCertificate();
  }

  private isSshOpen(now: number): boolean {
    const { sshAt, sshRestart } = this.options.timeline;
    const restarting = now >= sshRestart.from && now < sshRestart.to;
    return now >= sshAt && !restarting && now >= this.sshClosedUntil;
  }

  private restartSshd(): void {
    const { restartSshDuringInstall, delays } = this.options;
    if (restartSshDuringInstall) this.refuseSsh(delays.sshRestartMs);
  }

  private dropConnections(): void {
    this.ssh.dropConnections();
    this.panel.dropConnections();
  }

  private provideFiles(): void {
    const { userData, authorizedKeys, hostname } = this.options;
    const key = injectedHostKey(userData) ?? generateHostKey(hostname);
    this.files.writeFile(HOST_KEY_PATH, key.privateKey, 0o600);
    this.files.writeFile(`${HOST_KEY_PATH}.pub`, `${key.publicKey}\n`, 0o644);
    const all = [...authorizedKeys, ...injectedKeys(userData)];
    const keys = all.map((line) => `${line}\n`).join('');
    this.files.writeFile(AUTHORIZED_KEYS_PATH, keys, 0o600);
  }

  private commandContext(): Parameters<typeof runCommand>[0] {
    const { clock, delays } = this.options;
    return {
      files: this.files,
      hostname: this.hostname,
      installations: this.installations,
      now: () => clock.now(),
      resetAdmin: () => this.panel.server.resetAdmin(),
      waitForHandOver: () => pause(clock, delays.handOverMs / 2, this.lifetime.signal),
      reloadSshd: () => this.ssh.reload(),
    };
  }
}
