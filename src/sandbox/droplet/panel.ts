import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../../core/time.js';
import type { DropletPki } from '../pki/droplet-pki.js';
import { BAD_GATEWAY_PAGE, CERTIFICATE_REQUIRED_PAGE, PANEL_PAGE } from './panel-pages.js';

/** `absent`: nothing listens on 9292. `server-down`: nginx is up, what is behind it is not. */
export type PanelState = 'absent' | 'server-down' | 'up';

/** Keep-alive time of idle connections, like nginx, milliseconds. */
const KEEP_ALIVE_MS = 75_000;

/** The panel server's version (contract: seen on a real installation). */
const PANEL_VERSION = '0.1.30';

export interface PanelOptions {
  readonly address: string;
  /** Time for an answer to arrive, milliseconds. */
  readonly roundTripMs: () => number;
  readonly clock: Clock;
}

type TlsMaterial = Pick<DropletPki, 'authorityPem' | 'panelPem' | 'panelKeyPem'>;

/** nginx with the panel behind it: a real TLS server, fed with connections instead of listening. */
export class Panel {
  private readonly options: PanelOptions;
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private current: PanelState = 'absent';

  constructor(options: PanelOptions) {
    this.options = options;
  }

  get state(): PanelState {
    return this.current;
  }

  set state(next: PanelState) {
    this.current = next;
    if (next === 'absent') this.dropConnections();
  }

  get isListening(): boolean {
    return this.current !== 'absent' && this.server !== undefined;
  }

  /** (Re)starts nginx with these certificates; open connections end. */
  configure(material: TlsMaterial): void {
    this.dropConnections();
    this.server = createServer(
      {
        key: material.panelKeyPem,
        cert: material.panelPem,
        ca: material.authorityPem,
        requestCert: true,
        // Accepts clients without a certificate, like the real panel, which rejects them with a
        // page rather than a failed handshake.
        rejectUnauthorized: false,
        minVersion: 'TLSv1.2',
      },
      (request, response) => void this.answer(request, response),
    );
    this.server.keepAliveTimeout = KEEP_ALIVE_MS;
    // A client that breaks off its handshake is not our trouble.
    this.server.on('tlsClientError', () => undefined);
  }

  accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    this.server?.emit('connection', socket);
  }

  dropConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    await this.options.clock.sleep(this.options.roundTripMs());
    const path = new URL(request.url ?? '/', 'https://panel.invalid').pathname;
    const visitor = visitorOf(request);
    response.setHeader('server', 'nginx/1.24.0 (Ubuntu)');
    const open = path.startsWith('/api/invite/') || path === '/api/enroll';
    if (visitor === 'foreign' || (visitor === 'stranger' && !open)) {
      response.setHeader('connection', 'close');
      sendHtml(response, 400, CERTIFICATE_REQUIRED_PAGE);
    } else if (this.current !== 'up') {
      sendHtml(response, 502, BAD_GATEWAY_PAGE);
    } else {
      this.answerFromPanel(request, response, path);
    }
  }

  private answerFromPanel(request: IncomingMessage, response: ServerResponse, path: string): void {
    const { address } = this.options;
    if (path === '/api/health') {
      sendJson(response, 200, { status: 'ok', version: PANEL_VERSION });
    } else if (path === '/api/onboarding/status') {
      sendJson(response, 200, { status: 'FRESH', domain: null, ip: address });
    } else if (path.startsWith('/api/invite/')) {
      const details = [{ path: 'token', message: 'Invalid invitation token' }];
      sendJson(response, 400, { error: 'Validation failed', details });
    } else if (path.startsWith('/api/')) {
      const message = `Route ${request.method ?? 'GET'}:${path} not found`;
      sendJson(response, 404, { message, error: 'Not Found', statusCode: 404 });
    } else {
      sendHtml(response, 200, PANEL_PAGE);
    }
  }
}

/** `admin` holds a certificate of this panel's authority, `foreign` another one, `stranger` none. */
function visitorOf({ socket }: IncomingMessage): 'admin' | 'foreign' | 'stranger' {
  if (!(socket instanceof TLSSocket)) return 'stranger';
  if (socket.authorized) return 'admin';
  return socket.getPeerX509Certificate() === undefined ? 'stranger' : 'foreign';
}

function sendHtml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'text/html',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
