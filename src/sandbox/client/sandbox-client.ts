import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import type { SandboxPlace } from '../control/control-server.js';
import { SandboxError, sandboxGone } from '../folder.js';
import { CREDENTIAL_SERVICE } from '../../core/product.js';
import type { CredentialKey, Keystore } from '../../services/keystore/keystore.js';

const TIMEOUT_MS = 10_000;
/** A longer first line is not the sandbox's. */
const MAX_LINE_LENGTH = 4096;

export interface SandboxAnswer {
  readonly status: number;
  readonly text: string;
}

/** Asks a running sandbox for what is below `/sandbox/`, over its socket. Rejects with SandboxError `sandbox-gone`. */
export async function askSandbox(
  socketPath: string,
  method: string,
  path: string,
  body?: string,
): Promise<SandboxAnswer> {
  try {
    const { request, response } = await send(socketPath, method, path, body);
    const answer = { status: response.statusCode ?? 0, text: await text(response) };
    request.destroy();
    return answer;
  } catch (error) {
    throw sandboxGone(error);
  }
}

export interface HeldSandbox extends SandboxPlace {
  detach(): void;
}

/**
 * Holds the sandbox until it is called off or this process ends. Undefined when nothing answers there, or something
 * else than a sandbox. The connection does not keep this process alive.
 */
export async function holdSandbox(socketPath: string): Promise<HeldSandbox | undefined> {
  try {
    const { request, response } = await send(socketPath, 'GET', '/sandbox/attach');
    response.on('error', () => undefined);
    const place = response.statusCode === 200 ? await readPlace(response) : undefined;
    if (place === undefined) {
      request.destroy();
      return undefined;
    }
    response.resume();
    response.socket.setTimeout(0);
    response.socket.unref();
    return { ...place, detach: () => request.destroy() };
  } catch {
    return undefined;
  }
}

/** From the first line of an answer that does not end. */
async function readPlace(response: IncomingMessage): Promise<SandboxPlace | undefined> {
  let said = '';
  for await (const chunk of response.iterator({ destroyOnReturn: false })) {
    said += String(chunk);
    if (said.includes('\n') || said.length > MAX_LINE_LENGTH) break;
  }
  const value = JSON.parse(said.split('\n', 1)[0] ?? '') as Partial<SandboxPlace> | null;
  const { url, token, world, authority } = value ?? {};
  return url === undefined || token === undefined || world === undefined || authority === undefined
    ? undefined
    : { url, token, world, authority };
}

function send(
  socketPath: string,
  method: string,
  path: string,
  body?: string,
): Promise<{ request: ClientRequest; response: IncomingMessage }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      socketPath,
      method,
      path,
      headers: { host: 'sandbox' },
      // A connection for each: none is left open when the program wants to end.
      agent: false,
      timeout: TIMEOUT_MS,
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    request.on('response', (response) => resolve({ request, response }));
    request.on('error', reject);
    request.end(body);
  });
}

/** The credential store of a running sandbox: in that process's memory, and gone with it. */
export function createSandboxKeystore(socketPath: string): Keystore {
  return new SandboxKeystore(socketPath);
}

const PROBE: CredentialKey = { service: CREDENTIAL_SERVICE.probe, account: 'sandbox' };

class SandboxKeystore implements Keystore {
  readonly kind = 'sandbox';
  readonly title = 'Sandbox store (memory only)';
  private readonly socketPath: string;

  constructor(socketPath: string) {
    this.socketPath = socketPath;
  }

  async probe(): Promise<void> {
    await this.set(PROBE, 'probe');
    await this.delete(PROBE);
  }

  async get(key: CredentialKey): Promise<string | undefined> {
    const answer = await this.ask('GET', key, [200, 404]);
    return answer.status === 200 ? answer.text : undefined;
  }

  async set(key: CredentialKey, secret: string): Promise<void> {
    await this.ask('PUT', key, [204], secret);
  }

  async delete(key: CredentialKey): Promise<boolean> {
    return (await this.ask('DELETE', key, [204, 404])).status === 204;
  }

  private async ask(
    method: string,
    { service, account }: CredentialKey,
    expected: readonly number[],
    body?: string,
  ): ReturnType<typeof askSandbox> {
    const query = new URLSearchParams({ service, account }).toString();
    const answer = await askSandbox(this.socketPath, method, `/sandbox/keystore?${query}`, body);
    if (expected.includes(answer.status)) return answer;
    throw new SandboxError({
      code: 'sandbox-refused',
      message: `The sandbox's credential store answered with status ${answer.status}.`,
      hint: 'Start the program again.',
    });
  }
}
