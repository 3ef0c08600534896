import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../core/time.js';
import type { ApiFaults } from '../faults/api-faults.js';
import { pause } from '../delays.js';
import type { World } from '../world/world.js';
import type { CallRecord } from '../control/state.js';
import { reset } from './connections.js';
import type { RoundTrips } from './round-trips.js';

/** Hosts whose connect time stands for a region (contract: latency). */
const REGION_HOST = /^([a-z]{3}\d)\.digitaloceanspaces\.com$/;
const HTTPS_PORT = 443;
const OWN_NETWORK = /^203\.0\.113\.\d{1,3}$/;
/** Time until the sandbox reports "no answer", milliseconds; minutes in reality. */
const NO_ANSWER_MS = 150;

export interface ProxyOptions {
  readonly world: World;
  readonly faults: ApiFaults;
  readonly calls: CallRecord;
  readonly clock: Clock;
  readonly roundTrips: RoundTrips;
}

/** Target of a CONNECT: a system error code, or the server that accepts the connection. */
type Destination =
  | { readonly code: string }
  | { readonly code?: undefined; readonly accept: (socket: Socket) => void };

/** The way to droplets, panels and regions: HTTP CONNECT (RFC 9110, 9.3.6). Nothing leaves the machine. */
export class Proxy {
  private readonly options: ProxyOptions;

  constructor(options: ProxyOptions) {
    this.options = options;
  }

  async connect(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const target = request.url ?? '';
    const call = this.options.calls.add('CONNECT', target);
    const fault = this.options.faults.take('CONNECT', target);
    call.fault = fault?.kind;
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'reset') {
      reset(socket);
      return;
    }
    if (fault?.kind === 'slow') await pause(this.options.clock, fault.delayMs);
    const destination: Destination =
      fault?.kind === 'unreachable' ? { code: fault.code } : await this.find(target);
    if (socket.destroyed) return;
    call.status = destination.code === undefined ? 200 : 502;
    if (destination.code !== undefined) {
      refuse(socket, destination.code);
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    // HTTP servers allow half-open connections; what takes over expects an end to be the end.
    socket.allowHalfOpen = false;
    if (head.length > 0) socket.unshift(head);
    destination.accept(socket);
  }

  private async find(target: string): Promise<Destination> {
    const [, host = '', port = ''] = /^(.+):(\d+)$/.exec(target) ?? [];
    const region = REGION_HOST.exec(host)?.[1];
    if (region !== undefined && Number(port) === HTTPS_PORT) return await this.findRegion(region);
    if (OWN_NETWORK.test(host)) return await this.findDroplet(host, Number(port));
    const named = this.options.world.names.find(host);
    if (typeof named !== 'string' && named.some((address) => OWN_NETWORK.test(address)))
      return await this.findDroplet(named[0]!, Number(port));
    return { code: 'ENETUNREACH' };
  }

  private async findRegion(region: string): Promise<Destination> {
    const { roundTrips, clock } = this.options;
    const measures = roundTrips.measures(region);
    if (measures === undefined) return { code: 'ENOTFOUND' };
    await pause(clock, roundTrips.sample(region));
    if (!measures) return { code: 'ETIMEDOUT' };
    // The connect time was all that anyone wants from it.
    return { accept: (socket) => socket.resume() };
  }

  private async findDroplet(address: string, port: number): Promise<Destination> {
    const { world, clock, roundTrips } = this.options;
    const machine = world.findMachine(address);
    if (machine === undefined) return { code: 'EHOSTUNREACH' };
    await pause(clock, machine.roundTripMs());
    const reach = machine.reach(port);
    if (reach.code === 'ETIMEDOUT') await pause(clock, NO_ANSWER_MS * roundTrips.factor);
    return reach;
  }
}

function refuse(socket: Socket, code: string): void {
  socket.end(
    `HTTP/1.1 502 Bad Gateway\r\nx-error-code: ${code}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
  );
}
