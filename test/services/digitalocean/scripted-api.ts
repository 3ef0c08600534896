import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { checkRequest, checkResponse } from '../../contract/openapi.js';

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
  /** Tells connections apart. */
  readonly port: number | undefined;
}

/** What the server does with the next request. */
export type Reply =
  /** DigitalOcean's answer; held to the document. */
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Anything else, byte for byte. */
  | {
      readonly raw: string;
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Reads the request, then cuts the connection. */
  | { readonly cut: true; readonly afterBytes?: string }
  /** Never answers. */
  | { readonly hang: true };

const FIXTURES = join(import.meta.dirname, '../../../src/sandbox/fixtures');

/** A body that DigitalOcean sends, from the shared fixtures. */
export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(join(FIXTURES, name), 'utf8'));
}

/** An API on loopback that gives the scripted replies in order, and the last one for ever. */
export class ScriptedApi {
  readonly received: Received[] = [];
  /** Requests or replies that DigitalOcean's document does not have. */
  readonly violations: string[] = [];
  private readonly server: Server;
  private script: readonly Reply[] = [];
  private next = 0;
  /** Instead of the script: one reply for each path. */
  private routes: ((request: Received) => Reply) | undefined;

  private constructor() {
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  static async start(): Promise<ScriptedApi> {
    const api = new ScriptedApi();
    await new Promise<void>((resolve) => api.server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  reply(...script: readonly Reply[]): void {
    this.routes = undefined;
    this.script = script;
    this.next = 0;
  }

  route(routes: (request: Received) => Reply): void {
    this.routes = routes;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await receive(request);
    this.received.push(received);
    const prefixless = received.path.replace(/^.*(?=\/v[12]\/)/, '');
    this.hold(() => checkRequest(received.method, prefixless, received.body));
    const reply =
      this.routes?.(received) ?? this.script[Math.min(this.next, this.script.length - 1)];
    this.next += 1;
    if (reply === undefined) {
      this.violations.push(`no reply scripted for ${received.method} ${received.path}`);
      request.socket.destroy();
    } else if ('hang' in reply) {
      // The client gives up, or `stop` ends it.
    } else if ('cut' in reply) {
      if (reply.afterBytes !== undefined) await writeRaw(request, reply.afterBytes);
      request.socket.destroy();
    } else if ('raw' in reply) {
      response.writeHead(reply.status, reply.headers).end(reply.raw);
    } else {
      this.hold(() => checkResponse(received.method, prefixless, reply.status, reply.body));
      const headers = { 'content-type': 'application/json', ...reply.headers };
      response
        .writeHead(reply.status, headers)
        .end(reply.body === undefined ? '' : JSON.stringify(reply.body));
    }
  }

  private hold(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.violations.push((error as Error).message);
    }
  }
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: text === '' ? undefined : JSON.parse(text),
    port: request.socket.remotePort,
  };
}

async function writeRaw(request: IncomingMessage, bytes: string): Promise<void> {
  await new Promise<void>((resolve) => request.socket.write(bytes, () => resolve()));
}
