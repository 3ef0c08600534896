import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import { PANEL_PORT } from '../../core/product.js';
import { ignoreBody, readBody } from '../network/connections.js';
import { pause } from '../delays.js';
import type { DropletPki } from '../pki/droplet-pki.js';
import type { PanelAnswer } from './route.js';
import { pathOf, refuseUpgrade, requestOf, send, visitorOf } from './http.js';
import {
  BAD_GATEWAY_PAGE,
  CERTIFICATE_REQUIRED_PAGE,
  GATEWAY_TIMEOUT_PAGE,
  NO_CERTIFICATE_PAGE,
} from './pages.js';
import { type PanelRequest, PanelServer } from './panel-server.js';
import { spoilAnswer, spoilUpgrade } from './spoil.js';
import type { Nginx, PanelSite } from './site.js';

/** `absent`: nothing listens. `server-down`: nginx is up, what is behind it is not. */
export type PanelState = 'absent' | 'server-down' | 'up';

/** Keep-alive time of idle connections, like nginx, milliseconds. */
const KEEP_ALIVE_MS = 75_000;
/** After so long without a byte in either direction nginx cuts a stream (its proxy_read_timeout), milliseconds. */
const IDLE_STREAM_MS = 60_000;
const HTTPS_PORT = 443;
const CALLS_KEPT = 200;

export interface PanelOptions extends PanelSite {
  /** Time for an answer to arrive, milliseconds. */
  readonly roundTripMs: () => number;
}

type TlsMaterial = Pick<DropletPki, 'authorityPem' | 'panelPem' | 'panelKeyPem'>;

/** nginx with the panel behind it: real TLS servers, fed with connections instead of listening. */
export class Panel implements Nginx {
  readonly server: PanelServer;
  idleStreamMs = IDLE_STREAM_MS;
  /** The last calls that reached the panel server, for tests: `POST /api/tunnels`. */
  readonly calls: string[] = [];
  private readonly options: PanelOptions;
  private readonly sockets = new Set<Socket>();
  private readonly streams = new WebSocketServer({ noServer: true });
  /** By port. */
  private readonly listeners = new Map<number, Server>();
  private current: PanelState = 'absent';
  /** Counts restarts, so that the end of an earlier one changes nothing. */
  private restarts = 0;

  constructor(options: PanelOptions) {
    this.options = options;
    this.server = new PanelServer(options, this);
  }

  get state(): PanelState {
    return this.current;
  }

  set state(next: PanelState) {
    this.restarts += 1;
    this.current = next;
    if (next === 'absent') this.dropConnections();
  }

  /** 9292 until the second factor is on (contract: 2FA), 443 once there are certificates. */
  listensOn(port: number): boolean {
    if (this.current === 'absent' || !this.listeners.has(PANEL_PORT)) return false;
    if (port === PANEL_PORT) return !this.server.twoFactor.enabled;
    return port === HTTPS_PORT && this.server.publicCertificates.isLoaded;
  }

  /** (Re)starts nginx with these certificates; open connections end. */
  configure({ panelKeyPem, panelPem, authorityPem }: TlsMaterial): void {
    this.dropConnections();
    // Server side: completes the handshake with any client, as nginx does, which refuses with a page. The client's
    // certificate is still verified: `visitorOf` knows no caller without `socket.authorized`.
    const client = { requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' } as const;
    const own = { key: panelKeyPem, cert: panelPem, ca: authorityPem };
    this.listen(PANEL_PORT, createServer({ ...client, ...own }));
    this.listen(
      HTTPS_PORT,
      createServer({
        ...client,
        SNICallback: (name, done) => done(null, this.server.publicCertificates.contextOf(name)),
      }),
    );
  }

  accept(socket: Socket, port = PANEL_PORT): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const server = this.listeners.get(port);
    // For a client that names no server: the first vhost in the order of file names.
    const fallback = this.server.publicCertificates.first;
    if (port === HTTPS_PORT && fallback !== undefined) server?.setSecureContext(fallback);
    server?.emit('connection', socket);
  }

  dropConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  restart(): void {
    this.dropConnections();
  }

  stop(): void {
    this.state = 'absent';
  }

  stopServer(): void {
    this.endStreams();
    this.server.handleRestart();
    this.state = 'server-down';
  }

  restartServer(forMs: number): void {
    const before = this.current;
    this.stopServer();
    const restart = this.restarts;
    const { clock, lifetime } = this.options;
    pause(clock, forMs, lifetime).then(
      () => {
        if (restart === this.restarts) this.state = before;
      },
      () => undefined,
    );
  }

  private endStreams(): void {
    for (const stream of this.streams.clients) stream.terminate();
  }

  private listen(port: number, server: Server): void {
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.on('request', (request, response) => void this.answer(port, request, response));
    server.on(
      'upgrade',
      (request: IncomingMessage, socket: Duplex, head: Buffer) =>
        void this.upgrade(port, request, socket, head),
    );
    // A client that breaks off its handshake is not our trouble.
    server.on('tlsClientError', () => undefined);
    this.listeners.set(port, server);
  }

  private async answer(
    port: number,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { clock, roundTripMs } = this.options;
    await pause(clock, roundTripMs());
    response.setHeader('server', 'nginx/1.24.0 (Ubuntu)');
    const refusal = this.refusalOf(port, request);
    if (refusal !== undefined) {
      request.resume();
      if (refusal.status === 400) response.setHeader('connection', 'close');
      send(response, refusal);
      return;
    }
    const body = await readBody(request);
    if (body === undefined) {
      ignoreBody(request, response);
      send(response, { status: 413 });
      return;
    }
    const asked = requestOf(request, body.toString('utf8'));
    this.keepCall(asked);
    const fault = this.options.faults.takePanelCall(asked.method, asked.path);
    if (fault === undefined) send(response, await this.answerInTime(asked));
    else await spoilAnswer(response, fault, () => this.answerInTime(asked));
  }

  private keepCall({ method, path }: PanelRequest): void {
    this.calls.push(`${method} ${path}`);
    if (this.calls.length > CALLS_KEPT) this.calls.shift();
  }

  /** nginx gives up on a slow answer, whose work continues. */
  private async answerInTime(request: PanelRequest): Promise<PanelAnswer> {
    const late = new AbortController();
    const answer = this.server.answer(request).finally(() => late.abort());
    const timeout = pause(this.options.clock, this.idleStreamMs, late.signal).then(
      () => ({ status: 504, html: GATEWAY_TIMEOUT_PAGE }),
      () => answer,
    );
    return await Promise.race([answer, timeout]);
  }

  private async upgrade(
    port: number,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    socket.on('error', () => socket.destroy());
    const { clock, roundTripMs } = this.options;
    await pause(clock, roundTripMs());
    const asked = requestOf(request, '');
    this.keepCall(asked);
    const fault = this.options.faults.takePanelCall(asked.method, asked.path);
    if (fault !== undefined) {
      spoilUpgrade(socket, fault);
      return;
    }
    const accepted = this.refusalOf(port, request) ?? this.server.upgrade(asked);
    if (typeof accepted !== 'function') {
      refuseUpgrade(socket, accepted);
      return;
    }
    this.streams.handleUpgrade(request, socket, head, (stream) => {
      stream.on('error', () => stream.terminate());
      cutWhenIdle(socket, this.idleStreamMs);
      accepted(stream);
    });
  }

  /** nginx's own answers: for a missing certificate, and for a stopped panel. */
  private refusalOf(port: number, request: IncomingMessage): PanelAnswer | undefined {
    const { isForeign, caller } = visitorOf(request);
    const path = pathOf(request);
    const isOpen = path.startsWith('/api/invite/') || path === '/api/enroll';
    if (isForeign || (caller.role === 'nobody' && !isOpen)) {
      const html = port === PANEL_PORT ? CERTIFICATE_REQUIRED_PAGE : NO_CERTIFICATE_PAGE;
      return { status: 400, html };
    }
    return this.current === 'up' ? undefined : { status: 502, html: BAD_GATEWAY_PAGE };
  }
}

/** Looks a few times within the limit, so that the cut comes late by a quarter at most. */
function cutWhenIdle(socket: Duplex, limitMs: number): void {
  if (!(socket instanceof TLSSocket)) return;
  let seen = -1;
  let idleMs = 0;
  const everyMs = limitMs / 4;
  const timer = setInterval(() => {
    const bytes = socket.bytesRead + socket.bytesWritten;
    idleMs = bytes === seen ? idleMs + everyMs : 0;
    seen = bytes;
    if (idleMs >= limitMs) socket.destroy();
  }, everyMs);
  timer.unref();
  socket.on('close', () => clearInterval(timer));
}
