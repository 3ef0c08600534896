import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { sandboxGone } from './sandbox-error.js';

const TIMEOUT_MS = 10_000;

export interface SandboxAnswer {
  readonly status: number;
  readonly text: string;
}

/** Asks a running sandbox for what is below `/sandbox/`. Rejects with SandboxError `sandbox-gone`. */
export async function askSandbox(
  { url, secret }: SandboxAccess,
  method: string,
  path: string,
  body?: string,
): Promise<SandboxAnswer> {
  try {
    const { request, response } = await send({ url, secret }, method, path, body);
    const answer = { status: response.statusCode ?? 0, text: await text(response) };
    request.destroy();
    return answer;
  } catch (error) {
    throw sandboxGone(error);
  }
}

/** Where a sandbox is, and what opens it. */
export interface SandboxAccess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly secret: string;
}

/**
 * Holds the sandbox until it is called off or this process ends. Undefined when nothing answers there, or something
 * else than the sandbox that was meant. The connection does not keep this process alive.
 */
export async function holdSandbox(access: SandboxAccess): Promise<{ detach(): void } | undefined> {
  try {
    const { request, response } = await send(access, 'GET', '/sandbox/attach');
    response.on('error', () => undefined);
    response.resume();
    if (response.statusCode !== 200) {
      request.destroy();
      return undefined;
    }
    response.socket.setTimeout(0);
    response.socket.unref();
    return { detach: () => request.destroy() };
  } catch {
    return undefined;
  }
}

function send(
  { url, secret }: SandboxAccess,
  method: string,
  path: string,
  body?: string,
): Promise<{ request: ClientRequest; response: IncomingMessage }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}` },
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
