import type { InstallStep } from './droplet/install-lines.js';
import type { Clock } from '../core/time.js';
import type { DropletFaults } from './faults/droplet-faults.js';

/** Delays of the sandbox, in milliseconds. All may be 0. */
export interface SandboxDelays {
  /** Before the API acts on a request. */
  readonly apiMs: number;
  /** From a key's creation until droplets can be created with it (422 before). */
  readonly keyUsableMs: number;
  /** From a droplet's creation until `GET /v2/droplets/{id}` finds it (404 before). */
  readonly dropletReadableMs: number;
  /** From a droplet's creation until its tags show. */
  readonly dropletTaggedMs: number;
  /** From a droplet's creation until lists have it. */
  readonly dropletListedMs: number;
  /** From a droplet's creation until it is `active`. */
  readonly bootMs: number;
  /** From `active` until its public address shows; the private one shows half-way. */
  readonly addressMs: number;
  /** From `active` until its port 22 opens. */
  readonly sshMs: number;
  /** From port 22 opening until cloud-init restarts sshd … */
  readonly sshRestartAfterMs: number;
  /** … and how long connections are refused then. */
  readonly sshRestartMs: number;
  /** Each step of bootstrap and installer. */
  readonly install: Readonly<Record<InstallStep, number>>;
  /** The panel: each message of its provisioning, each certificate it gets, an update, a restart. */
  readonly panel: {
    readonly messageMs: number;
    readonly certificateMs: number;
    readonly updateMs: number;
    readonly restartMs: number;
  };
  /** Making and installing fresh host keys. */
  readonly handOverMs: number;
  /** From the answer to a delete until the droplet is gone (200 before, 404 after). */
  readonly deleteMs: number;
  /** From the answer to an action on a droplet until it is over. */
  readonly actionMs: number;
  /** Factor on the round trips of the latency table; without unit. 0 makes everything near. */
  readonly roundTrips: number;
}

/** A provisioning in about 23 s: a tenth of the real thing, in its proportions (contract: a real installation's times). */
export const DEFAULT_DELAYS: SandboxDelays = {
  apiMs: 120,
  keyUsableMs: 0,
  dropletReadableMs: 300,
  dropletTaggedMs: 300,
  dropletListedMs: 1500,
  bootMs: 6000,
  addressMs: 800,
  sshMs: 2500,
  sshRestartAfterMs: 500,
  sshRestartMs: 50,
  install: {
    wait_cloud_init: 1200,
    wait_apt: 400,
    make_swap: 500,
    prepare_node: 2200,
    check_environment: 500,
    harden_system: 2600,
    install_node: 200,
    generate_certs: 900,
    configure_nginx: 300,
    deploy_panel: 3000,
    deploy_gatekeeper: 1500,
    redeploy_panel: 2500,
  },
  panel: { messageMs: 80, certificateMs: 900, updateMs: 800, restartMs: 400 },
  handOverMs: 200,
  deleteMs: 1500,
  actionMs: 1500,
  roundTrips: 1,
};

/** Multiplies all delays by `factor`, except round trips, which are not waiting time. */
export function scaledDelays(delays: SandboxDelays, factor: number): SandboxDelays {
  const scale = <T extends object>(values: T): T =>
    Object.fromEntries(
      Object.entries(values).map(([name, ms]) => [name, (ms as number) * factor]),
    ) as T;
  const { install, panel, roundTrips, ...rest } = delays;
  return { ...scale(rest), install: scale(install), panel: scale(panel), roundTrips };
}

/** Delays given by a caller; the default applies to the rest. */
export type DelayOptions = Partial<Omit<SandboxDelays, 'install' | 'panel'>> & {
  readonly install?: Partial<Record<InstallStep, number>>;
  readonly panel?: Partial<SandboxDelays['panel']>;
};

export function resolveDelays(options: DelayOptions): SandboxDelays {
  return {
    ...DEFAULT_DELAYS,
    ...options,
    install: { ...DEFAULT_DELAYS.install, ...options.install },
    panel: { ...DEFAULT_DELAYS.panel, ...options.panel },
  };
}

/** Requests that a provisioning cannot make at the same time: validate twice, upload, create, two clean-ups. */
const API_CALLS_ON_CRITICAL_PATH = 6;

/** The sum of the delays that a provisioning has to sit through one after the other, in milliseconds. */
export function plannedDelayMs(delays: SandboxDelays): number {
  const { redeploy_panel: _notOnAFirstInstallation, ...install } = delays.install;
  return (
    delays.apiMs * API_CALLS_ON_CRITICAL_PATH +
    Math.max(0, delays.keyUsableMs - delays.apiMs) +
    delays.bootMs +
    Math.max(delays.addressMs, delays.sshMs) +
    Object.values(install).reduce((sum, ms) => sum + ms, 0) +
    delays.handOverMs
  );
}

/** Sleeps `ms`. Returns at once for 0, since a timer of 0 ms still takes 1 ms. */
export async function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (ms > 0) await clock.sleep(ms, signal);
}

/** When things become true of a droplet, on the monotonic clock, milliseconds. Infinity is never. */
export interface Timeline {
  readonly readableAt: number;
  readonly taggedAt: number;
  readonly listedAt: number;
  readonly activeAt: number;
  readonly privateAddressAt: number;
  readonly publicAddressAt: number;
  readonly sshAt: number;
  /** cloud-init's restart of sshd: connections are refused in between. */
  readonly sshRestart: { readonly from: number; readonly to: number };
  /** Time from which the droplet, which could not be placed, is not found. */
  readonly lostAt: number;
}

/** Time for which DigitalOcean still shows a droplet that it could not place, milliseconds. */
const SHOWN_UNTIL_LOST_MS = 1000;

/** The life of a droplet that is created at `born`. */
export function planLife(
  born: number,
  delays: SandboxDelays,
  faults: DropletFaults,
  placed: boolean,
): Timeline {
  const stays = faults.has('boot-never-ends') || !placed || faults.has('placement-fails');
  const activeAt = stays ? Infinity : born + delays.bootMs;
  const sshAt = faults.has('sshd-never-comes') ? Infinity : activeAt + delays.sshMs;
  const restartAt = sshAt + delays.sshRestartAfterMs;
  return {
    readableAt: born + delays.dropletReadableMs,
    taggedAt: born + delays.dropletTaggedMs,
    listedAt: born + delays.dropletListedMs,
    activeAt,
    privateAddressAt: activeAt + delays.addressMs / 2,
    publicAddressAt: activeAt + delays.addressMs,
    sshAt,
    sshRestart: { from: restartAt, to: restartAt + delays.sshRestartMs },
    lostAt:
      !placed || faults.has('placement-fails')
        ? born + delays.dropletReadableMs + Math.min(SHOWN_UNTIL_LOST_MS, delays.bootMs)
        : Infinity,
  };
}

/** The life of a droplet that has been there for long. */
export const ESTABLISHED: Timeline = {
  readableAt: -Infinity,
  taggedAt: -Infinity,
  listedAt: -Infinity,
  activeAt: -Infinity,
  privateAddressAt: -Infinity,
  publicAddressAt: -Infinity,
  sshAt: -Infinity,
  sshRestart: { from: -Infinity, to: -Infinity },
  lostAt: Infinity,
};
