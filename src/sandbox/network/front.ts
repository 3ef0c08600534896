import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { messageOf } from '../../core/errors.js';
import { SANDBOX_TOKENS } from '../tokens.js';
import type { ControlServer } from '../control/control-server.js';
import type { ApiServer } from './api-server.js';
import type { Proxy } from './proxy.js';

/** Admission through the port, which every user and every web page of this machine can reach. */
export class Entrance {
  /** `dop_v1_…`, made for this sandbox: stands for the sample token that may change domains as well. */
  readonly token: string;
  private readonly isOpen: boolean;

  /**
   * Creates an entrance. With `isOpen` no token is required and the sample tokens work: for tests
   * in one process.
   */
  constructor(token: string, isOpen: boolean) {
    this.token = token;
    this.isOpen = isOpen;
  }

  /** False for a name that leads here by chance or by DNS rebinding. */
  admitsHost({ headers, socket }: IncomingMessage): boolean {
    const port = String(socket.localPort);
    return headers.host === `127.0.0.1:${port}` || headers.host === `localhost:${port}`;
  }

  /**
   * Gives the Authorization header to hand to the API; undefined for a caller without the token.
   */
  admitCaller({ headers }: IncomingMessage): string | undefined {
    const authorization = headers.authorization ?? '';
    const given = /^Bearer (\S+)$/i.exec(authorization)?.[1] ?? '';
    if (this.isToken(given)) return `Bearer ${SANDBOX_TOKENS.domains.token}`;
    return this.isOpen ? authorization : undefined;
  }

  /** Checks a CONNECT: the token as bearer token, or as password of any user. */
  admitsProxyCaller({ headers }: IncomingMessage): boolean {
    if (this.isOpen) return true;
    const [, scheme = '', given = ''] =
      /^(Bearer|Basic) (\S+)$/i.exec(headers['proxy-authorization'] ?? '') ?? [];
    if (scheme.toLowerCase() === 'bearer') return this.isToken(given);
    return this.isToken(
      Buffer.from(given, 'base64')
        .toString('utf8')
        .replace(/^[^:]*:/, ''),
    );
  }

  private isToken(given: string): boolean {
    // Hash both to equal length, so that the comparison takes the same time for any wrong token.
    return timingSafeEqual(digest(given), digest(this.token));
  }
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}

const LOOPBACK = '127.0.0.1';
const KEEP_ALIVE_MS = 75_000;
/** For this user alone from the first instant. */
const SOCKET_UMASK = 0o177;

export interface FrontOptions {
  readonly api: ApiServer;
  readonly control: ControlServer;
  readonly proxy: Proxy;
  readonly entrance: Entrance;
  /**
   * Path of the socket, if any. Its folder must be closed to other users: no other check protects
   * it.
   */
  readonly socketPath: string | undefined;
  /** Called for what is admitted by the port. */
  readonly onUse: () => void;
}

export interface Front {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * The two ways in. The port, on loopback, is for clients of other authors: the API, and CONNECT, for those who have the
 * token. The socket is for this program's own processes: API, CONNECT, and `/sandbox/…`.
 */
export async function openFront(options: FrontOptions): Promise<Front> {
  const sockets = new Set<Socket>();
  const port = newServer(sockets, (request, response) => servePort(request, response, options));
  port.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (options.entrance.admitsProxyCaller(request)) connect(options, request, socket, head);
    else refuseProxy(socket);
  });
  const servers = [port];
  if (options.socketPath !== undefined) {
    const own = newServer(sockets, (request, response) => serveSocket(request, response, options));
    own.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) =>
      connect(options, request, socket, head),
    );
    await listenOnSocket(own, options.socketPath);
    servers.push(own);
  }
  await listening(port, () => port.listen(0, LOOPBACK));
  return {
    url: `http://${LOOPBACK}:${(port.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    },
  };
}

async function servePort(
  request: IncomingMessage,
  response: ServerResponse,
  { api, entrance, onUse }: FrontOptions,
): Promise<void> {
  if (!entrance.admitsHost(request)) {
    api.refuse(request, response, 'host');
    return;
  }
  const authorization = entrance.admitCaller(request);
  if (authorization === undefined) {
    api.refuse(request, response, 'token');
    return;
  }
  onUse();
  await api.serve(request, response, authorization);
}

async function serveSocket(
  request: IncomingMessage,
  response: ServerResponse,
  { api, control, entrance }: FrontOptions,
): Promise<void> {
  if (request.url?.startsWith('/sandbox/') === true) await control.serve(request, response);
  else
    await api.serve(
      request,
      response,
      entrance.admitCaller(request) ?? request.headers.authorization,
    );
}

function connect(
  { proxy }: FrontOptions,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
): void {
  proxy.connect(request, socket, head).catch(() => socket.destroy());
}

function refuseProxy(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.end(
    'HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm="sandbox"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
  );
}

function newServer(sockets: Set<Socket>, serve: Serve): Server {
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // Ignore a caller that closed the connection during its own request.
      if (!request.complete) response.destroy();
      else answerDefect(response, error);
    });
  });
  // Node's own 5 s would close connections just when a client uses them again.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return server;
}

/** A defect of the sandbox must be seen by whoever runs into it. */
function answerDefect(response: ServerResponse, error: unknown): void {
  if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
  const message = `The sandbox failed: ${messageOf(error)}`;
  response.end(JSON.stringify({ id: 'server_error', message }));
}

/** The file is made in the very call, so that no other one is made with this mask. */
async function listenOnSocket(server: Server, path: string): Promise<void> {
  await listening(server, () => {
    const before = process.umask(SOCKET_UMASK);
    try {
      server.listen(path);
    } finally {
      process.umask(before);
    }
  });
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.removeListener('error', reject);
      resolve();
    });
    listen();
  });
}
