import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { createServer as createTlsServer, type SecureVersion } from 'node:tls';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { directDial } from '../../../src/services/network/dial.js';
import { createPanelClient } from '../../../src/services/panel/panel-client.js';
import { probePanel } from '../../../src/services/panel/inspect.js';
import type { PanelTrust } from '../../../src/services/panel/panel.js';
import { makePanelPki, type PanelPki } from '../../fixtures/nginx/pki.js';

let pki: PanelPki;
let foreign: PanelPki;

beforeAll(async () => {
  [pki, foreign] = await Promise.all([makePanelPki(), makePanelPki()]);
}, 60_000);

/** More than a change of cipher and an alert take, far less than any certificate. */
const FAREWELL_BYTES = 100;

interface Server {
  readonly url: string;
  /** Common names of the client certificates it got. */
  readonly names: readonly (string | undefined)[];
  /** Bytes it got after the client's first message. */
  readonly bytesAfterHello: () => number;
}

/** Asks for a client certificate and takes any. What it gets is counted in front of it, whatever it makes of it. */
async function startServer(of: PanelPki, version: SecureVersion): Promise<Server> {
  const names: (string | undefined)[] = [];
  const options = { minVersion: version, maxVersion: version, requestCert: true };
  const server = createTlsServer(
    { key: of.panelKeyPem, cert: of.panelPem, rejectUnauthorized: false, ...options },
    (socket) => {
      names.push(socket.getPeerX509Certificate()?.subject);
      socket.on('error', () => undefined);
      const body = '{"status":"ok","version":"1"}';
      const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
      socket.on('data', () => socket.write(`${head}\r\n\r\n${body}`));
    },
  );
  server.on('tlsClientError', () => undefined);
  const inside = await listen(server);
  const got: Buffer[] = [];
  const counter = createServer((outer) => {
    const inner = connect(inside, '127.0.0.1');
    outer.on('data', (chunk) => got.push(chunk));
    outer.on('error', () => inner.destroy()).pipe(inner);
    inner.on('error', () => outer.destroy()).pipe(outer);
  });
  const port = await listen(counter);
  return {
    url: `https://127.0.0.1:${port}`,
    names,
    bytesAfterHello: () => {
      const all = Buffer.concat(got);
      // A TLS record: type, version, length of what follows (RFC 8446, 5.1).
      return all.length - 5 - all.readUInt16BE(3);
    },
  };
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function askHealth(panelUrl: string, trust: PanelTrust) {
  const client = createPanelClient({ panelUrl, trust, identity: pki, dial: directDial });
  onTestFinished(() => client.close());
  return client.getHealth();
}

const untrusted: readonly (readonly [string, () => PanelTrust, string])[] = [
  [
    'with another key than the pinned one',
    () => ({ kind: 'pinned', certificatePem: pki.panelPem }),
    'panel-certificate-changed',
  ],
  ['no authority vouches for', () => ({ kind: 'public' }), 'panel-certificate-invalid'],
];

describe.each(untrusted)('a panel %s', (_what, trust, code) => {
  it('does not get the client certificate over TLS 1.3', async () => {
    const server = await startServer(foreign, 'TLSv1.3');
    await expect(askHealth(server.url, trust())).rejects.toMatchObject({ code });
    await new Promise((done) => setTimeout(done, 100));
    expect(server.names).toEqual([]);
    expect(server.bytesAfterHello()).toBeLessThan(FAREWELL_BYTES);
  });

  it('does not get it over TLS 1.2 either, where it would be sent before anything is known', async () => {
    const server = await startServer(foreign, 'TLSv1.2');
    await expect(askHealth(server.url, trust())).rejects.toMatchObject({
      code: 'panel-tls-too-old',
      message: `${new URL(server.url).host} does not speak TLS 1.3.`,
    });
    expect(server.names).toEqual([]);
    expect(server.bytesAfterHello()).toBeLessThan(FAREWELL_BYTES);
  });
});

describe('the trusted panel', () => {
  it('gets the client certificate over TLS 1.3', async () => {
    const server = await startServer(pki, 'TLSv1.3');
    const trust = { kind: 'pinned', certificatePem: pki.panelPem } as const;
    await expect(askHealth(server.url, trust)).resolves.toMatchObject({ status: 'ok' });
    expect(server.names).toEqual(['CN=admin\nO=Portlama']);
    expect(server.bytesAfterHello()).toBeGreaterThan(FAREWELL_BYTES);
  });

  it('is not looked at over TLS 1.2, since it could not be used', async () => {
    const server = await startServer(pki, 'TLSv1.2');
    await expect(probePanel(server.url, directDial)).rejects.toMatchObject({
      code: 'panel-tls-too-old',
    });
  });

  it('is not spoken to over TLS 1.2', async () => {
    const server = await startServer(pki, 'TLSv1.2');
    const trust = { kind: 'pinned', certificatePem: pki.panelPem } as const;
    await expect(askHealth(server.url, trust)).rejects.toMatchObject({ code: 'panel-tls-too-old' });
    expect(server.names).toEqual([]);
  });
});
