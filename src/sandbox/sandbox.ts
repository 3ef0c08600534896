import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../core/time.js';
import { DigitalOcean } from './api/digitalocean.js';
import { DIGITALOCEAN_RATE_LIMITS, type RateLimits } from './api/rate-limits.js';
import { ControlServer } from './control/control-server.js';
import { Controls } from './control/controls.js';
import {
  Attachments,
  CallRecord,
  type RecordedCall,
  type SandboxState,
  Secrets,
} from './control/state.js';
import { type DelayOptions, plannedDelayMs, resolveDelays, type SandboxDelays } from './delays.js';
import { ApiFaults } from './faults/api-faults.js';
import { ApiServer } from './network/api-server.js';
import { Entrance, openFront } from './network/front.js';
import { Proxy } from './network/proxy.js';
import { DEFAULT_LATENCIES, type LatencyTable, RoundTrips } from './network/round-trips.js';
import { World } from './world/world.js';

const TOKEN_BYTES = 32;

export interface SandboxOptions {
  /** Overrides the default delays; tests pass `NO_DELAYS`. */
  readonly delays?: DelayOptions;
  /** The installer restarts ssh, and open SSH connections drop once, as on a real droplet. On by default. */
  readonly restartSshDuringInstall?: boolean;
  readonly latencies?: LatencyTable;
  /** DigitalOcean's own when left out. */
  readonly rateLimits?: Partial<RateLimits>;
  readonly clock?: Clock;
  /**
   * Path of the socket for the program's own processes, in a folder closed to other users. Without
   * it there is no socket.
   */
  readonly socketPath?: string;
  /** The port asks for no token, and takes the sample tokens: for tests in one process. */
  readonly openPort?: boolean;
}

/** An embedded DigitalOcean with its droplets and their panels. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT`: base of the API, and the HTTP proxy that leads to droplets and panels. */
  readonly url: string;
  /** Secret that grants access to the port: bearer token of the API and credential of the proxy. */
  readonly token: string;
  /** Tells this world from any other. */
  readonly world: string;
  readonly delays: SandboxDelays;
  /** Delays that one provisioning sits through, milliseconds. */
  readonly plannedDelayMs: number;
  /** Faults, unlisted droplets, accidents. */
  readonly controls: Controls;
  /** Requests of API and proxy so far, oldest first. */
  readonly calls: readonly RecordedCall[];
  readonly attachments: Attachments;
  state(): SandboxState;
  /** Ends everything: connections, droplets, the port. */
  close(): Promise<void>;
}

/** Starts a sandbox on an ephemeral port of 127.0.0.1. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const clock = options.clock ?? systemClock;
  const delays = resolveDelays(options.delays ?? {});
  const latencies = options.latencies ?? DEFAULT_LATENCIES;
  const roundTrips = new RoundTrips(latencies, delays.roundTrips);
  const restartSshDuringInstall = options.restartSshDuringInstall ?? true;
  const world = new World({ clock, delays, roundTrips, restartSshDuringInstall });
  const limits = { ...DIGITALOCEAN_RATE_LIMITS, ...options.rateLimits };
  const api = new DigitalOcean(world, limits);
  const faults = new ApiFaults();
  const calls = new CallRecord();
  const controls = new Controls(world, faults, calls);
  const attachments = new Attachments();
  const token = `dop_v1_${randomBytes(TOKEN_BYTES).toString('hex')}`;
  const control = new ControlServer({
    controls,
    secrets: new Secrets(),
    attachments,
    place: () => ({
      url: front.url,
      token,
      world: world.id,
      authority: world.publicAuthority.pem,
    }),
  });
  const front = await openFront({
    api: new ApiServer({ api, faults, calls, clock }),
    control,
    proxy: new Proxy({ world, faults, calls, clock, roundTrips }),
    entrance: new Entrance(token, options.openPort ?? false),
    socketPath: options.socketPath,
    onUse: () => attachments.touch(),
  });
  return {
    url: front.url,
    token,
    world: world.id,
    delays,
    plannedDelayMs: plannedDelayMs(delays),
    controls,
    calls: calls.all,
    attachments,
    state: () => control.state(),
    async close() {
      world.close();
      attachments.dispose();
      await front.close();
    },
  };
}
