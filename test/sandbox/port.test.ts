import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { SANDBOX_TOKEN } from '../../src/sandbox/folder.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import { runningSandbox } from '../fixtures/running-sandbox.js';
import { runProgram } from '../fixtures/program.js';
import { checkedApi } from './checked-api.js';

const MB = 1024 * 1024;
/** Of what is sent to a caller that is refused for its size: socket buffers, and no more. */
const BUFFERED = 64 * MB;
let sandbox: Sandbox;
let port: number;
beforeAll(async () => {
  sandbox = await startSandbox({ delays: NO_DELAYS });
  port = Number(new URL(sandbox.url).port);
});
afterAll(() => sandbox.close());

/** Status of an answer, or the code of the failure. */
function ask(headers: Record<string, string>, path = '/v2/account'): Promise<number | string> {
  return new Promise((done) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, headers, agent: false });
    request.on('response', (response) => {
      response.resume();
      done(response.statusCode ?? 0);
    });
    request.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? ''));
    request.end();
  });
}

/** First line that comes back for what is written to a new connection. */
async function firstLine(written: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(written);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return String(chunk).split('\r\n', 1)[0] ?? '';
}

async function connectCode(host: string): Promise<string> {
  const socket = connect(port, host);
  const code = await once(socket, 'connect').then(
    () => 'connected',
    (error: NodeJS.ErrnoException) => error.code ?? '',
  );
  socket.destroy();
  return code;
}

describe('the port of the sandbox', () => {
  it('is on 127.0.0.1, and on no other address of this machine', async () => {
    expect(await connectCode('127.0.0.1')).toBe('connected');
    // Whatever listens on 0.0.0.0 listens on all of 127.0.0.0/8.
    expect(await connectCode('127.0.0.2')).toBe('ECONNREFUSED');
    expect(await connectCode('::1')).not.toBe('connected');
  });

  it('opens with the token of this sandbox, and with no sample that everybody knows', async () => {
    expect(sandbox.token).toMatch(/^dop_v1_[0-9a-f]{64}$/);
    const { status, body } = await checkedApi(sandbox.url)('GET', '/v2/account', undefined, {
      token: sandbox.token,
    });
    expect([status, body.account?.status]).toEqual([200, 'active']);
    for (const token of [SANDBOX_TOKEN, `${sandbox.token.slice(0, -1)}x`, ''])
      expect(await ask({ authorization: `Bearer ${token}` })).toBe(401);
    expect(await ask({})).toBe(401);
  });

  it('answers to its own name only', async () => {
    const authorization = `Bearer ${sandbox.token}`;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`])
      expect(await ask({ authorization, host })).toBe(200);
    for (const host of [`evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`])
      expect(await ask({ authorization, host })).toBe(421);
  });

  it.each([
    ['without a token, its length told', false, true],
    ['without a token, in pieces', false, false],
    ['with the token, its length told', true, true],
    ['with the token, in pieces', true, false],
  ])('takes no endless body %s', async (_, hasToken, tellsLength) => {
    const length = 400 * MB;
    const before = process.memoryUsage().rss;
    const request = httpRequest({
      host: '127.0.0.1',
      port,
      path: '/v2/droplets',
      method: 'POST',
      agent: false,
      headers: {
        ...(hasToken ? { authorization: `Bearer ${sandbox.token}` } : {}),
        ...(tellsLength ? { 'content-length': length } : { 'transfer-encoding': 'chunked' }),
      },
    });
    const answered = new Promise<number>((done, fail) => {
      request.on('response', (response) => done(response.statusCode ?? 0));
      request.on('error', fail);
    });
    const answer: { status?: number } = {};
    void answered.then((status) => (answer.status = status));
    const piece = Buffer.alloc(MB);
    let sent = 0;
    while (sent < length && answer.status === undefined) {
      sent += piece.length;
      if (!request.write(piece)) await Promise.race([once(request, 'drain'), answered]);
    }
    expect(await answered).toBe(hasToken ? 413 : 401);
    expect(sent).toBeLessThan(BUFFERED);
    expect(process.memoryUsage().rss - before).toBeLessThan(BUFFERED);
    request.destroy();
    expect(await ask({ authorization: `Bearer ${sandbox.token}` })).toBe(200);
  });

  it('connects nobody to droplets who has not the token', async () => {
    const target = 'CONNECT fra1.digitaloceanspaces.com:443 HTTP/1.1\r\nHost: x\r\n';
    const basic = Buffer.from(`sandbox:${sandbox.token}`).toString('base64');
    expect(await firstLine(`${target}\r\n`)).toContain(' 407 ');
    const wrong = `Proxy-Authorization: Bearer ${SANDBOX_TOKEN}\r\n`;
    expect(await firstLine(`${target}${wrong}\r\n`)).toContain(' 407 ');
    for (const right of [`Basic ${basic}`, `Bearer ${sandbox.token}`])
      expect(await firstLine(`${target}Proxy-Authorization: ${right}\r\n\r\n`)).toContain(' 200 ');
  });
});

describe('sandbox env', () => {
  it('gives other programs what they need, and needs no --sandbox', async () => {
    const { folder, realHome, token, url } = await runningSandbox();
    const env = { HOME: folder, PORTLAMA_HOME: realHome };
    const { exitCode, stdout, stderr } = await runProgram(['sandbox', 'env'], { env });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`export DIGITALOCEAN_API_URL=${url}\n`);
    for (const name of ['DIGITALOCEAN_TOKEN', 'DIGITALOCEAN_ACCESS_TOKEN', 'PORTLAMA_CLOUD_TOKEN'])
      expect(stdout).toContain(`export ${name}=${token}\n`);
    expect(token).not.toBe(SANDBOX_TOKEN);
    const { status } = await checkedApi(url)('GET', '/v2/account', undefined, { token });
    expect(status).toBe(200);
    const sample = await fetch(`${url}/v2/account`, {
      headers: { authorization: `Bearer ${SANDBOX_TOKEN}` },
    });
    expect(sample.status).toBe(401);
  });

  it('is all that sandbox can do', async () => {
    const refused = await runProgram(['sandbox', 'destroy'], { env: {} });
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain('Unknown command "sandbox destroy".');
  });
});
