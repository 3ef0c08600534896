import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Dial, directDial } from '../../../src/services/network/dial.js';
import { createPanelClient } from '../../../src/services/panel/panel-client.js';
import { PanelError } from '../../../src/services/panel/panel-error.js';
import type { PanelClientOptions, PanelTrust } from '../../../src/services/panel/panel.js';
import { makePanelPki, type PanelPki, renewPanel } from '../../fixtures/nginx/pki.js';
import { startNginxPanel } from '../../fixtures/nginx/start.js';

let pki: PanelPki;
let foreign: PanelPki;

beforeAll(async () => {
  [pki, foreign] = await Promise.all([makePanelPki(), makePanelPki()]);
}, 60_000);

const pinned = (of: PanelPki): PanelTrust => ({ kind: 'pinned', certificatePem: of.panelPem });

function clientOf(panelUrl: string, changes: Partial<PanelClientOptions> = {}) {
  const client = createPanelClient({
    panelUrl,
    trust: pinned(pki),
    identity: pki,
    dial: directDial,
    ...changes,
  });
  onTestFinished(() => client.close());
  return client;
}

async function errorOf(promise: Promise<unknown>): Promise<PanelError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PanelError)) throw new Error(`not a PanelError: ${String(error)}`);
  expect(error.hint).toBeTruthy();
  expect(JSON.stringify([error.message, error.hint])).not.toContain(pki.passphrase);
  return error;
}

describe('a panel behind nginx with mutual TLS', () => {
  it('is healthy for the holder of the certificate, whose connections resume one session', async () => {
    const panel = await startNginxPanel(pki);
    let connections = 0;
    const dial: Dial = (...args) => {
      connections++;
      return directDial(...args);
    };
    const client = clientOf(panel.url, { dial });
    for (let round = 0; round < 3; round++) {
      const health = await client.getHealth();
      expect(health).toMatchObject({ status: 'ok', version: '0.1.30' });
      expect(health.latencyMs).toBeGreaterThan(0);
    }
    expect(connections).toBe(3);
    expect(panel.requests).toEqual(['/api/health', '/api/health', '/api/health']);
    expect(panel.resumed).toEqual([false, true, true]);
  });

  it('has its session read once a look, which takes a tenth of the work of one', async () => {
    const panel = await startNginxPanel(pki);
    const { _handle } = new TLSSocket(undefined as never) as unknown as { _handle: object };
    const wrap = Object.getPrototypeOf(_handle) as { setSession(session: Buffer): void };
    const reads = vi.spyOn(wrap, 'setSession');
    onTestFinished(() => reads.mockRestore());
    const client = clientOf(panel.url.replace('127.0.0.1', 'localhost'));
    for (let round = 0; round < 3; round++) await client.getHealth();
    expect(panel.resumed).toEqual([false, true, true]);
    expect(reads).toHaveBeenCalledTimes(2);
  });

  it('proves itself anew after an hour, and when this machine’s clock was set', async () => {
    const panel = await startNginxPanel(pki);
    let now = Date.now();
    const client = clientOf(panel.url, { now: () => now });
    await client.getHealth();
    now += 3_599_000;
    await client.getHealth();
    // Resuming does not put the hour off.
    now += 1_000;
    await client.getHealth();
    await client.getHealth();
    now -= 24 * 3_600_000;
    await client.getHealth();
    expect(panel.resumed).toEqual([false, true, false, true, false]);
  });

  it('keeps no connection between two looks', async () => {
    const panel = await startNginxPanel(pki);
    const sockets: Socket[] = [];
    const dial: Dial = async (...args) => {
      const socket = await directDial(...args);
      sockets.push(socket);
      return socket;
    };
    await clientOf(panel.url, { dial }).getHealth();
    await expect.poll(() => sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  it('does not accept a foreign certificate: its help page says so', async () => {
    const panel = await startNginxPanel(pki);
    const client = clientOf(panel.url, { identity: foreign });
    expect((await errorOf(client.getHealth())).code).toBe('panel-certificate-required');
    expect(panel.requests).toEqual([]);
  });

  it.each([
    [
      '1999-12-31T12:00:00Z',
      'panel-certificate-early',
      /is valid only from 20\d\d-\d\d-\d\d \d\d:\d\d UTC/,
    ],
    ['2199-12-31T12:00:00Z', 'panel-certificate-expired', /expired on 20\d\d-\d\d-\d\d/],
  ])('that refuses a certificate by its dates is said to: at %s %s', async (at, code, words) => {
    const panel = await startNginxPanel(pki);
    const client = clientOf(panel.url, { identity: foreign, now: () => Date.parse(at) });
    const error = await errorOf(client.getHealth());
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(JSON.stringify(error.hint)).not.toMatch(/reset or revoked/);
  });

  it('is not asked anything when its key is not the pinned one', async () => {
    const impostor = await startNginxPanel({ ...foreign, caPem: pki.caPem });
    const error = await errorOf(clientOf(impostor.url).getHealth());
    expect(error.code).toBe('panel-certificate-changed');
    expect(error.retryable).toBe(false);
    expect(error.message).toMatch(/pinned SHA-256 [0-9A-F:]{95}, shown [0-9A-F:]{95}/);
    expect(impostor.requests).toEqual([]);
  });

  it('is not fooled by an impostor that sends the pinned certificate along after its own', async () => {
    const impostor = await startNginxPanel({
      ...foreign,
      panelPem: `${foreign.panelPem}${pki.panelPem}`,
      caPem: pki.caPem,
    });
    const error = await errorOf(clientOf(impostor.url).getHealth());
    expect(error.code).toBe('panel-certificate-changed');
  });

  it('may renew its certificate with the same key, but not change the key under a kept pin', async () => {
    const panel = await startNginxPanel(pki);
    const client = clientOf(panel.url);
    await client.getHealth();
    await panel.restart(await renewPanel(pki));
    expect((await client.getHealth()).status).toBe('ok');
    await panel.restart({ ...foreign, caPem: pki.caPem });
    expect((await errorOf(client.getHealth())).code).toBe('panel-certificate-changed');
  });

  it('is not asked when the pin cannot be read', async () => {
    const panel = await startNginxPanel(pki);
    const trust: PanelTrust = { kind: 'pinned', certificatePem: 'damaged' };
    const error = await errorOf(clientOf(panel.url, { trust }).getHealth());
    expect(error.code).toBe('panel-certificate-invalid');
    expect(panel.requests).toEqual([]);
  });

  it('is refused as public when no authority vouches for it', async () => {
    const panel = await startNginxPanel(pki);
    const error = await errorOf(clientOf(panel.url, { trust: { kind: 'public' } }).getHealth());
    expect(error.code).toBe('panel-certificate-invalid');
    expect(error.message).toContain('self-signed');
    expect(panel.requests).toEqual([]);
  });

  it('tells a panel server that is down from nginx that is down', async () => {
    const panel = await startNginxPanel(pki);
    const client = clientOf(panel.url);
    await panel.stopUpstream();
    expect((await errorOf(client.getHealth())).code).toBe('panel-server-down');
    await panel.stopNginx();
    expect((await errorOf(client.getHealth())).code).toBe('panel-refused');
    expect((await errorOf(clientOf(panel.url).getHealth())).code).toBe('panel-refused');
  });
});

describe('a certificate file', () => {
  it('with the wrong password is said to be so, without a connection', async () => {
    const client = clientOf('https://127.0.0.1:9', {
      identity: { p12: pki.p12, passphrase: 'wrong' },
      dial: directDial,
    });
    const error = await errorOf(client.getHealth());
    expect(error.code).toBe('p12-wrong-password');
  });

  it('that is damaged is said to be so', async () => {
    const identity = { p12: pki.p12.subarray(0, 500), passphrase: pki.passphrase };
    const client = clientOf('https://127.0.0.1:9', { identity });
    expect((await errorOf(client.getHealth())).code).toBe('p12-unreadable');
  });
});

describe('a server that is no panel', () => {
  async function serve(handle: (socket: Socket) => void): Promise<string> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      handle(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function serveTls(answer: string): Promise<string> {
    const server = createTlsServer({ key: pki.panelKeyPem, cert: pki.panelPem }, (socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write(answer));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('and never answers is given up', async () => {
    const url = await serve(() => {});
    const error = await errorOf(clientOf(url).getHealth({ timeoutMs: 200 }));
    expect(error.code).toBe('panel-timeout');
  });

  it('and takes the request but never answers is given up', async () => {
    const url = await serveTls('');
    const error = await errorOf(clientOf(url).getHealth({ timeoutMs: 500 }));
    expect(error.code).toBe('panel-timeout');
  });

  it('and hangs up is unreachable', async () => {
    const url = await serve((socket) => socket.destroy());
    expect((await errorOf(clientOf(url).getHealth())).code).toBe('panel-unreachable');
  });

  it('and speaks plain HTTP is named', async () => {
    const url = await serve((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const error = await errorOf(clientOf(url).getHealth());
    expect(error.code).toBe('panel-answer-unexpected');
  });

  it.each([
    ['another status', 'HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}'],
    [
      'a redirect',
      'HTTP/1.1 302 Found\r\nLocation: https://x.example/\r\nContent-Length: 0\r\n\r\n',
    ],
    ['no JSON', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
    ['null', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull'],
    ['no end', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(600_000)}`],
  ])('and answers with %s is not taken for one', async (_name, answer) => {
    const error = await errorOf(clientOf(await serveTls(answer)).getHealth());
    expect(error.code).toBe('panel-answer-unexpected');
  });

  it('and has a name that does not exist is named', async () => {
    const dial: Dial = () =>
      Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }));
    const client = clientOf('https://panel.example.invalid', { dial });
    expect((await errorOf(client.getHealth())).code).toBe('panel-name-unknown');
  });

  it('and has an address without https is refused at once', () => {
    expect(() => clientOf('http://203.0.113.42:9292')).toThrow('not the https address');
    expect(() => clientOf('nonsense')).toThrow('not the https address');
  });

  it('is given up when the caller aborts, with the caller’s reason', async () => {
    const url = await serve(() => {});
    const stop = new AbortController();
    const asked = clientOf(url).getHealth({ signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
  });
});
