import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../../core/errors.js';
import type { CredentialKey } from '../../services/keystore/keystore.js';
import { ignoreBody, readBody } from '../network/connections.js';
import { type Controls, perform } from './controls.js';
import type { Attachments, SandboxState, Secrets } from './state.js';

/** Address of the API for third-party clients. */
export interface SandboxPlace {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Opens the port. */
  readonly token: string;
  /** Tells this world from any other. */
  readonly world: string;
  /** PEM of the authority that stands for Let's Encrypt. */
  readonly authority: string;
}

export interface ControlServerOptions {
  readonly controls: Controls;
  readonly secrets: Secrets;
  readonly attachments: Attachments;
  /** Address reported to the holders of the sandbox. */
  readonly place: () => SandboxPlace;
}

/**
 * Serves `/sandbox/…`, the control requests of the program's own processes, tests and demos.
 * Reachable over the socket only, which other users cannot open; therefore needs no authentication.
 */
export class ControlServer {
  private readonly options: ControlServerOptions;

  constructor(options: ControlServerOptions) {
    this.options = options;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readBody(request))?.toString('utf8');
    if (body === undefined) {
      ignoreBody(request, response);
      send(response, 413, { error: 'That is too much.' });
      return;
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sandbox.invalid');
    const method = request.method ?? 'GET';
    if (pathname === '/sandbox/attach' && method === 'GET') {
      this.options.attachments.hold(response, this.options.place());
    } else if (pathname === '/sandbox/control' && method === 'GET') {
      send(response, 200, this.state());
    } else if (pathname === '/sandbox/control' && method === 'POST') {
      await this.control(response, body);
    } else if (pathname === '/sandbox/names' && method === 'GET') {
      send(response, 200, {
        answer: this.options.controls.findName(searchParams.get('name') ?? ''),
      });
    } else if (pathname === '/sandbox/releases' && method === 'GET') {
      const version = this.options.controls.newestVersion(searchParams.get('name') ?? '');
      send(response, 200, { version });
    } else if (pathname === '/sandbox/keystore') {
      this.keystore(response, method, keyOf(searchParams), body);
    } else {
      send(response, 404, { error: 'The sandbox has nothing there.' });
    }
  }

  state(): SandboxState {
    const { controls, attachments, secrets } = this.options;
    return { ...controls.state(), attached: attachments.count, secrets: secrets.keys };
  }

  private async control(response: ServerResponse, body: string): Promise<void> {
    try {
      const result = await perform(this.options.controls, JSON.parse(body));
      send(response, 200, { result });
    } catch (error) {
      send(response, 400, { error: messageOf(error) });
    }
  }

  private keystore(
    response: ServerResponse,
    method: string,
    key: CredentialKey,
    body: string,
  ): void {
    const { secrets } = this.options;
    const secret = secrets.get(key);
    if (method === 'PUT') {
      secrets.set(key, body);
      send(response, 204);
    } else if (method === 'DELETE') {
      send(response, secrets.delete(key) ? 204 : 404);
    } else if (method === 'GET' && secret !== undefined) {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(secret);
    } else {
      send(response, method === 'GET' ? 404 : 405);
    }
  }
}

function keyOf(parameters: URLSearchParams): CredentialKey {
  return {
    service: parameters.get('service') ?? '',
    account: parameters.get('account') ?? '',
  };
}

function send(response: ServerResponse, status: number, body?: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
