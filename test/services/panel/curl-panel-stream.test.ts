import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ProvisionMessage } from '../../../src/services/panel/panel-bodies.js';
import { fakeMac, type FakeMac } from '../../fixtures/keychain/fake-mac.js';
import { makePanelPki, type PanelPki } from '../../fixtures/nginx/pki.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

vi.setConfig({ testTimeout: 60_000 });

const STATE = { type: 'state', isRunning: true, tasks: [], error: null, result: null };
const PASSWORD = 'aaaaaaaaaaaaaaaaaaaaaa';
const COMPLETE = {
  task: 'complete',
  status: 'done',
  result: { adminUsername: 'admin', adminPassword: PASSWORD },
};
/** Longer than any silence in a test that is not about one. */
const NEVER_MS = 600_000;

let pki: PanelPki;
beforeAll(async () => {
  pki = await makePanelPki();
}, 60_000);

/** Answers the nth request for the stream, from 0. */
type Accept = (nth: number, socket: Duplex, open: () => Promise<WebSocket>) => Promise<void>;

/** A panel with TLS whose streams are in the hands of the test, and what follows it by the system's curl. */
async function followed(accept: Accept, pingMs = NEVER_MS, certificatePem = pki.panelPem) {
  const mac = await fakeMac();
  const identity = await mac.keychain.add(pki, { folder: await temporaryFolder() });
  const requests: IncomingMessage[] = [];
  const sockets: WebSocket[] = [];
  const server = createServer({ cert: pki.panelPem, key: pki.panelKeyPem });
  const streams = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    const open = async (): Promise<WebSocket> => {
      const stream = await new Promise<WebSocket>((resolve) =>
        streams.handleUpgrade(request, socket, head, resolve),
      );
      sockets.push(stream);
      return stream;
    };
    void accept(requests.push(request) - 1, socket, open);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const stream of streams.clients) stream.terminate();
    server.closeAllConnections();
    server.close();
  });
  const panelUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const line = mac.keychain.openLine({
    panelUrl,
    trust: { kind: 'pinned', certificatePem },
    identity,
  });
  const messages = line.follow({
    url: new URL('/api/onboarding/provision/stream', panelUrl),
    cookie: 'portlama_2fa_session=abc',
    host: new URL(panelUrl).host,
    signal: abort.signal,
    pingMs,
  });
  return { mac, messages, abort, requests, sockets };
}

const say = (stream: WebSocket, message: object): void => stream.send(JSON.stringify(message));

async function rest(messages: AsyncGenerator<ProvisionMessage>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const message of messages) all.push(message);
  return all;
}

/** No curl of this Mac is left. */
async function allEnded(mac: FakeMac): Promise<void> {
  const calls = await mac.curlCalls();
  expect(calls.length).toBeGreaterThan(0);
  const isAlive = ({ pid }: { readonly pid: number }): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  await expect.poll(() => calls.filter(isAlive)).toEqual([]);
}

function refuse(socket: Duplex, status: string, type: string, body: string): void {
  const lines = [`HTTP/1.1 ${status}`, `content-type: ${type}`, `content-length: ${body.length}`];
  socket.end(`${[...lines, 'connection: close'].join('\r\n')}\r\n\r\n${body}`);
}

describe('a stream that is followed by the system’s curl', () => {
  it('gives each message as it comes, in whatever pieces, and ends with the panel’s Close', async () => {
    const { mac, messages, requests, sockets } = await followed(async (_nth, _socket, open) => {
      const stream = await open();
      say(stream, STATE);
    });
    expect((await messages.next()).value).toMatchObject(STATE);
    const [stream] = sockets;
    const log = 'é'.repeat(40_000);
    const text = JSON.stringify({ task: 'install-chisel', status: 'running', log });
    stream!.send(text.slice(0, 20_000), { fin: false });
    stream!.send(text.slice(20_000), { fin: true });
    expect((await messages.next()).value).toMatchObject({ task: 'install-chisel' });
    const closed = once(stream!, 'close');
    say(stream!, COMPLETE);
    stream!.close(1000);
    expect(await rest(messages)).toMatchObject([COMPLETE]);
    // Without this the panel would wait 30 s for an answer to its Close.
    await closed;
    await allEnded(mac);
    const [call] = await mac.curlCalls();
    expect(call!.argv).toEqual(['--disable', '--config', '-']);
    expect(call!.config).toContain('header = "cookie: portlama_2fa_session=abc"');
    expect(requests[0]!.headers).toMatchObject({
      cookie: 'portlama_2fa_session=abc',
      upgrade: 'websocket',
    });
  });

  it('is joined a second time when it is silent, and the first one ends only then', async () => {
    const { mac, messages, sockets } = await followed(async (nth, _socket, open) => {
      const stream = await open();
      if (nth > 0) expect(sockets[0]!.readyState).toBe(sockets[0]!.OPEN);
      say(stream, STATE);
    }, 1000);
    await messages.next();
    const [first] = sockets;
    const closed = once(first!, 'close');
    expect((await messages.next()).value).toMatchObject(STATE);
    await closed;
    say(sockets[1]!, COMPLETE);
    expect((await messages.next()).value).toMatchObject(COMPLETE);
    await messages.return(undefined);
    await allEnded(mac);
  });

  it('gives the password of the first one when the second is refused: the panel is done', async () => {
    const { messages, requests, sockets } = await followed(async (nth, socket, open) => {
      if (nth === 0) say(await open(), STATE);
      else
        refuse(socket, '410 Gone', 'application/json', '{"error":"Onboarding already completed"}');
    }, 1000);
    await messages.next();
    const next = messages.next();
    await expect.poll(() => requests.length, { timeout: 30_000 }).toBe(2);
    say(sockets[0]!, COMPLETE);
    expect((await next).value).toMatchObject(COMPLETE);
    await messages.return(undefined);
  });

  it('goes on with the second one when the first breaks off before that says anything', async () => {
    const { messages, sockets } = await followed(async (nth, _socket, open) => {
      const stream = await open();
      if (nth > 0) {
        const closed = once(sockets[0]!, 'close');
        sockets[0]!.terminate();
        await closed;
        // An answer to a ping proves nothing here: curl sends none.
        say(stream, STATE);
        say(stream, COMPLETE);
        stream.close();
      } else say(stream, STATE);
    }, 1000);
    expect(await rest(messages)).toMatchObject([STATE, STATE, COMPLETE]);
  });

  it('is not joined again while nothing runs, which may last', async () => {
    const { messages, requests, sockets } = await followed(async (_nth, _socket, open) => {
      say(await open(), { ...STATE, isRunning: false });
    }, 500);
    await messages.next();
    const next = messages.next();
    // Dead for all that curl can know.
    expect(await next).toMatchObject({ done: true });
    expect([requests.length, sockets.length]).toEqual([1, 1]);
  });

  it('ends by itself on a connection that is open and dead', async () => {
    const { mac, messages } = await followed(async (_nth, _socket, open) => {
      await open();
    }, 300);
    expect(await rest(messages)).toEqual([]);
    await allEnded(mac);
  });

  it('ends with the run, whose reason it gives', async () => {
    const { mac, messages, abort } = await followed(async (_nth, _socket, open) => {
      say(await open(), STATE);
    });
    await messages.next();
    const next = messages.next();
    abort.abort(new Error('not any more'));
    await expect(next).rejects.toThrow('not any more');
    await allEnded(mac);
  });

  it.each([
    ['401 Unauthorized', 'application/json', '{"error":"2fa_required"}', 'panel-two-factor'],
    ['410 Gone', 'application/json', '{"error":"Already completed"}', 'panel-setup-complete'],
    ['502 Bad Gateway', 'text/html', '<html></html>', 'panel-server-down'],
    ['200 OK', 'text/html', '<html></html>', 'panel-answer-unexpected'],
  ])('says why it is not opened: %s', async (status, type, body, code) => {
    const { messages } = await followed(async (_nth, socket) => refuse(socket, status, type, body));
    await expect(messages.next()).rejects.toMatchObject({ code });
  });

  it('is not opened with another panel than the pinned one', async () => {
    const foreign = await makePanelPki();
    const { messages, requests } = await followed(
      async () => undefined,
      NEVER_MS,
      foreign.panelPem,
    );
    await expect(messages.next()).rejects.toMatchObject({ code: 'panel-certificate-changed' });
    expect(requests).toEqual([]);
  });
});
