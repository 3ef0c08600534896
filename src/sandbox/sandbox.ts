import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { messageOf } from '../core/errors.js';
import { type Clock, systemClock } from '../core/time.js';
import { DigitalOcean } from './api/digitalocean.js';
import { DIGITALOCEAN_RATE_LIMITS, type RateLimits } from './api/rate-limits.js';
import { Attachments } from './control/attachments.js';
import { ControlServer } from './control/control-server.js';
import { Controls } from './control/controls.js';
import { Secrets } from './control/secrets.js';
import type { SandboxState } from './control/state.js';
import { type DelayOptions, plannedDelayMs, resolveDelays, type SandboxDelays } from './delays.js';
import { ApiFaults } from './faults/api-faults.js';
import { ApiServer } from './network/api-server.js';
import { CallRecord, type RecordedCall } from './network/calls.js';
import { Proxy } from './network/proxy.js';
import { DEFAULT_LATENCIES, type LatencyTable, RoundTrips } from './network/round-trips.js';
import { World } from './world/world.js';

const LOOPBACK = '127.0.0.1';
const SECRET_BYTES = 32;
const KEEP_ALIVE_MS = 75_000;

export interface SandboxOptions {
  /** What is left out is the default's; `NO_DELAYS` for tests. */
  readonly delays?: DelayOptions;
  /** The installer restarts ssh, and open SSH connections drop once, as on a real droplet. On by default. */
  readonly restartSshDuringInstall?: boolean;
  readonly latencies?: LatencyTable;
  /** DigitalOcean's own when left out. */
  readonly rateLimits?: Partial<RateLimits>;
  readonly clock?: Clock;
}

/** An embedded DigitalOcean with its droplets and their panels, on one loopback port. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT`: base of the API, and the HTTP proxy that leads to droplets and panels. */
  readonly url: string;
  /** Bearer secret of `/sandbox/…`. */
  readonly secret: string;
  /** Tells this world from any other. */
  readonly world: string;
  readonly delays: SandboxDelays;
  /** Delays that one provisioning sits through, milliseconds. */
  readonly plannedDelayMs: number;
  /** Faults, strays, accidents. */
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
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const control = new ControlServer({ controls, secrets: new Secrets(), attachments, secret });
  const front = await listen(
    new ApiServer({ api, faults, calls, clock }),
    control,
    new Proxy({ world, faults, calls, clock, roundTrips }),
  );
  return {
    url: front.url,
    secret,
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

interface Front {
  readonly url: string;
  close(): Promise<void>;
}

/** The one port: API, control and proxy. */
async function listen(api: ApiServer, control: ControlServer, proxy: Proxy): Promise<Front> {
  const sockets = new Set<Socket>();
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const own = request.url?.startsWith('/sandbox/') === true;
    (own ? control : api).serve(request, response).catch((error: unknown) => {
      // A caller that went away in the middle of its own request is no trouble of ours.
      if (!request.complete) response.destroy();
      else answerDefect(response, error);
    });
  };
  const server = createServer(serve);
  // Node's own 5 s would close connections just when a client uses them again.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    proxy.connect(request, socket, head).catch(() => socket.destroy());
  });
  const port = await bind(server);
  return {
    url: `http://${LOOPBACK}:${port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A defect of the sandbox must be seen by whoever runs into it. */
function answerDefect(response: ServerResponse, error: unknown): void {
  if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
  const message = `The sandbox failed: ${messageOf(error)}`;
  response.end(JSON.stringify({ id: 'server_error', message }));
}

function bind(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      server.removeListener('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
