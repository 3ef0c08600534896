import { spawn } from 'node:child_process';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { systemCodeOf } from '../../../src/core/errors.js';
import {
  connectProxyDial,
  type Dial,
  directDial,
  networkError,
  pinnedDial,
} from '../../../src/services/network/dial.js';

const cleanUps: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function listen(server: Server | HttpServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** Answers every line with its own text in capitals. */
function echoServer(): Promise<number> {
  return listen(
    createServer((socket) =>
      socket.on('data', (data) => socket.write(data.toString().toUpperCase())),
    ),
  );
}

/** A server that is there but takes no connection. */
async function frozenServer(): Promise<number> {
  const program = `const s = require('node:net').createServer();
    s.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port));`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanUps.push(() => {
    child.kill('SIGKILL');
    return new Promise((resolve) => child.once('close', resolve));
  });
  const port = await new Promise<number>((resolve) =>
    child.stdout.once('data', (data) => resolve(Number(data.toString()))),
  );
  child.kill('SIGSTOP');
  return port;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function codeOf(dialled: Promise<Socket>): Promise<string | undefined> {
  const result = await dialled.then(
    (socket) => socket.destroy() && 'connected',
    (error: unknown) => systemCodeOf(error) ?? (error as Error).name,
  );
  return result;
}

async function talk(dial: Dial, host: string, port: number): Promise<string> {
  const socket = await dial(host, port, { timeoutMs: 5_000 });
  cleanUps.push(() => void socket.destroy());
  socket.write('hello');
  return await new Promise((resolve) => socket.once('data', (data) => resolve(data.toString())));
}

describe('directDial', () => {
  it('connects, and leaves no listener of its own behind', async () => {
    const port = await echoServer();
    expect(await talk(directDial, '127.0.0.1', port)).toBe('HELLO');
    const socket = await directDial('127.0.0.1', port, { timeoutMs: 5_000 });
    const fresh = connect({ host: '127.0.0.1', port });
    await new Promise((resolve) => fresh.once('connect', resolve));
    for (const event of ['connect', 'error', 'close', 'data']) {
      expect([event, socket.listenerCount(event)]).toEqual([event, fresh.listenerCount(event)]);
    }
    socket.destroy();
    fresh.destroy();
  });

  it('rejects with the system’s code when nobody listens, also for a name with several addresses', async () => {
    const port = await closedPort();
    expect(await codeOf(directDial('127.0.0.1', port, { timeoutMs: 5_000 }))).toBe('ECONNREFUSED');
    expect(await codeOf(directDial('localhost', port, { timeoutMs: 5_000 }))).toBe('ECONNREFUSED');
  });

  it('gives up after its time', async () => {
    const port = await frozenServer();
    // The kernel answers the first ones by itself, until its queue for the server is full.
    const waiting = Array.from({ length: 4 }, () => connect({ host: '127.0.0.1', port }));
    for (const socket of waiting) socket.on('error', () => {});
    cleanUps.push(() => waiting.forEach((socket) => socket.destroy()));
    const last = await codeOf(
      directDial('127.0.0.1', port, { timeoutMs: 1_000 }).then(() =>
        directDial('127.0.0.1', port, { timeoutMs: 1_000 }),
      ),
    );
    expect(last).toBe('ETIMEDOUT');
  });

  it('rejects with the signal’s reason, before and during', async () => {
    const reason = new Error('no longer wanted');
    const aborted = AbortSignal.abort(reason);
    const port = await echoServer();
    await expect(directDial('127.0.0.1', port, { timeoutMs: 5_000, signal: aborted })).rejects.toBe(
      reason,
    );
    const controller = new AbortController();
    const dialled = directDial('127.0.0.1', port, {
      timeoutMs: 5_000,
      signal: controller.signal,
    });
    controller.abort(reason);
    await expect(dialled).rejects.toBe(reason);
  });
});

describe('connectProxyDial', () => {
  /** A proxy that answers as told, and connects to `to` when that is a success. */
  async function proxy(answer: string, to?: number): Promise<{ dial: Dial; asked: string[] }> {
    const asked: string[] = [];
    const server = createHttpServer();
    server.on('connect', (request, socket: Socket) => {
      asked.push(`${request.url} ${request.headers.host}`);
      if (to === undefined) {
        socket.end(answer);
        return;
      }
      const upstream = connect({ host: '127.0.0.1', port: to });
      upstream.on('error', () => socket.destroy());
      socket.write(answer);
      socket.pipe(upstream).pipe(socket);
    });
    const port = await listen(server);
    return { dial: connectProxyDial(`http://127.0.0.1:${port}`), asked };
  }

  it('connects through the proxy by the real address', async () => {
    const { dial, asked } = await proxy('HTTP/1.1 200 OK\r\n\r\n', await echoServer());
    expect(await talk(dial, '203.0.113.7', 22)).toBe('HELLO');
    expect(asked).toEqual(['203.0.113.7:22 203.0.113.7:22']);
  });

  it('keeps what the far side said together with the proxy’s answer', async () => {
    const server = createHttpServer();
    server.on('connect', (_request, socket: Socket) =>
      socket.write('HTTP/1.1 200 OK\r\n\r\nSSH-2.0-early\r\n'),
    );
    const dial = connectProxyDial(`http://127.0.0.1:${await listen(server)}`);
    const socket = await dial('203.0.113.7', 22, { timeoutMs: 5_000 });
    const first = await new Promise((resolve) =>
      socket.once('data', (data) => resolve(data.toString())),
    );
    expect(first).toBe('SSH-2.0-early\r\n');
    socket.destroy();
  });

  it.each([
    ['HTTP/1.1 502 Bad Gateway\r\nx-error-code: ECONNREFUSED\r\n\r\n', 'ECONNREFUSED'],
    ['HTTP/1.1 504 Gateway Timeout\r\nx-error-code: ETIMEDOUT\r\n\r\n', 'ETIMEDOUT'],
    ['HTTP/1.1 502 Bad Gateway\r\nx-error-code: EHOSTUNREACH\r\n\r\n', 'EHOSTUNREACH'],
    ['HTTP/1.1 504 Gateway Timeout\r\n\r\n', 'ETIMEDOUT'],
    ['HTTP/1.1 502 Bad Gateway\r\nx-error-code: <script>\r\n\r\n', 'ECONNREFUSED'],
  ])('turns %j into a system code', async (answer, code) => {
    const { dial } = await proxy(answer);
    expect(await codeOf(dial('203.0.113.7', 22, { timeoutMs: 5_000 }))).toBe(code);
  });

  it('gives up after its time when the proxy says nothing, and closes', async () => {
    let closed: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const server = createHttpServer();
    server.on('connect', (_request, socket: Socket) => {
      socket.resume();
      socket.on('end', () => closed?.());
    });
    const dial = connectProxyDial(`http://127.0.0.1:${await listen(server)}`);
    expect(await codeOf(dial('203.0.113.7', 22, { timeoutMs: 60 }))).toBe('ETIMEDOUT');
    await gone;
  });

  it('rejects with the signal’s reason, and with the code when the proxy itself is gone', async () => {
    const reason = new Error('no longer wanted');
    const controller = new AbortController();
    const server = createHttpServer();
    server.on('connect', () => controller.abort(reason));
    const dial = connectProxyDial(`http://127.0.0.1:${await listen(server)}`);
    await expect(
      dial('203.0.113.7', 22, { timeoutMs: 5_000, signal: controller.signal }),
    ).rejects.toBe(reason);
    const nobody = connectProxyDial(`http://127.0.0.1:${await closedPort()}`);
    expect(await codeOf(nobody('203.0.113.7', 22, { timeoutMs: 5_000 }))).toBe('ECONNREFUSED');
  });
});

const OPTIONS = { timeoutMs: 10_000 };

/** Fails for every address but the last, and keeps what it was asked for. */
function failing(code: string) {
  const asked: { host: string; port: number; timeoutMs: number }[] = [];
  const dial: Dial = (host, port, { timeoutMs }) => {
    asked.push({ host, port, timeoutMs });
    return Promise.reject(networkError(`${code}_${asked.length}`, 'no'));
  };
  return { asked, dial };
}

async function server(): Promise<number> {
  const listening = createServer((socket) => socket.on('error', () => undefined)).listen(
    0,
    '127.0.0.1',
  );
  await once(listening, 'listening');
  onTestFinished(() => void listening.close());
  return (listening.address() as AddressInfo).port;
}

describe('a pinned dial', () => {
  it('goes to its address, whatever host is asked for', async () => {
    const port = await server();
    const connected: string[] = [];
    const dial = pinnedDial([{ address: '127.0.0.1' }], directDial, (to) => connected.push(to));
    const socket = await dial('panel.example.com', port, OPTIONS);
    expect(socket.remoteAddress).toBe('127.0.0.1');
    expect(connected).toEqual(['127.0.0.1']);
    socket.destroy();
  });

  it('tries one after another, and tells which one it was', async () => {
    const port = await server();
    const connected: string[] = [];
    // Nobody listens on the second address of loopback.
    const addresses = [{ address: '127.0.0.2' }, { address: '127.0.0.1' }];
    const dial = pinnedDial(addresses, directDial, (to) => connected.push(to));
    (await dial('x', port, OPTIONS)).destroy();
    expect(connected).toEqual(['127.0.0.1']);
  });

  it('fails as the first did when all fail, within the time given', async () => {
    const { asked, dial } = failing('E');
    const pinned = pinnedDial([{ address: 'a' }, { address: 'b' }], dial);
    await expect(pinned('host', 9292, OPTIONS)).rejects.toMatchObject({ code: 'E_1' });
    expect(asked.map(({ host, port }) => [host, port])).toEqual([
      ['a', 9292],
      ['b', 9292],
    ]);
    expect(asked[0]!.timeoutMs).toBeLessThanOrEqual(OPTIONS.timeoutMs / 2 + 1);
    expect(asked[1]!.timeoutMs).toBeLessThanOrEqual(OPTIONS.timeoutMs);
  });

  it('goes on to no other address once it is given up', async () => {
    const stop = new AbortController();
    const asked: string[] = [];
    const dial: Dial = (host) => {
      asked.push(host);
      stop.abort();
      return Promise.reject(new Error('aborted'));
    };
    const pinned = pinnedDial([{ address: 'a' }, { address: 'b' }], dial);
    await expect(pinned('host', 1, { ...OPTIONS, signal: stop.signal })).rejects.toThrow('aborted');
    expect(asked).toEqual(['a']);
  });

  it('reaches nothing without an address', async () => {
    await expect(pinnedDial([], directDial)('host', 1, OPTIONS)).rejects.toMatchObject({
      code: 'ENOTFOUND',
    });
  });
});
