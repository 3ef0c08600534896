import { getEventListeners } from 'node:events';
import { createServer } from 'node:net';
import { types } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { PanelApi } from '../../../src/services/panel/panel-api.js';
import { makeKey } from '../../../src/services/pkcs12/new-key.js';
import { fakeMac, type FakeMacMode } from '../../fixtures/keychain/fake-mac.js';
import { makePanelPki, type PanelPki, renewPanel } from '../../fixtures/nginx/pki.js';
import { startNginxPanel } from '../../fixtures/nginx/start.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

let pki: PanelPki;
let foreign: PanelPki;

beforeAll(async () => {
  [pki, foreign] = await Promise.all([makePanelPki(), makePanelPki()]);
}, 60_000);

async function setUp() {
  const mac = await fakeMac();
  const panel = await startNginxPanel(pki);
  const folder = await temporaryFolder();
  const identity = await mac.keychain.add(pki, { folder });
  const open = (panelUrl = panel.url, known = identity) => {
    const trust = { kind: 'pinned', certificatePem: pki.panelPem } as const;
    const client = mac.keychain.openPanel({ panelUrl, trust, identity: known });
    onTestFinished(() => client.close());
    return client;
  };
  return { mac, panel, folder, identity, open };
}

describe('a panel opened with an identity of the keychain, by the system’s curl', () => {
  it('tells its health, with nothing but two options in the process list', async () => {
    const { mac, panel, open } = await setUp();
    const health = await open().getHealth();
    expect(health).toMatchObject({ status: 'ok', version: '0.1.30' });
    expect(health.latencyMs).toBeGreaterThan(0);
    expect(panel.requests).toEqual(['/api/health']);
    const [call] = await mac.curlCalls();
    expect(call?.argv).toEqual(['--disable', '--config', '-']);
  });

  it('is asked without a verified chain only together with the pin', async () => {
    const { mac, open } = await setUp();
    await open().getHealth();
    const client = mac.keychain.openPanel({
      panelUrl: 'https://panel.invalid',
      trust: { kind: 'public' },
      identity: { name: 'admin', sha1: undefined },
    });
    await expect(client.getHealth()).rejects.toMatchObject({ code: 'panel-name-unknown' });
    const [pinned, byAuthority] = (await mac.curlCalls()).map(({ config }) => config);
    expect(pinned).toMatch(/^pinnedpubkey = "sha256\/\/[A-Za-z0-9+/]{43}="$/m);
    expect(pinned).toMatch(/^insecure$/m);
    expect(byAuthority).not.toMatch(/insecure/);
    for (const config of [pinned, byAuthority]) {
      expect(config).toMatch(/^proto = "=https"$/m);
      expect(config).toMatch(/^tlsv1\.2$/m);
    }
  });

  it('is sent nothing when its key is another one; a renewed certificate of the same key is fine', async () => {
    const { panel, open } = await setUp();
    await panel.restart(await renewPanel(pki));
    expect(await open().getHealth()).toMatchObject({ status: 'ok' });
    const before = panel.requests.length;
    await panel.restart({ ...foreign, caPem: pki.caPem });
    await expect(open().getHealth()).rejects.toMatchObject({ code: 'panel-certificate-changed' });
    expect(panel.requests.length).toBe(before);
  });

  it('says what is wrong with the panel', async () => {
    const { panel, open } = await setUp();
    await panel.stopUpstream();
    await expect(open().getHealth()).rejects.toMatchObject({ code: 'panel-server-down' });
    await panel.stopNginx();
    await expect(open().getHealth()).rejects.toMatchObject({ code: 'panel-unreachable' });
  });

  it('is not waited for without end, and not at all once nobody wants to know', async () => {
    const { open } = await setUp();
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const client = open(`https://127.0.0.1:${port}`);
    const timedOut = client.getHealth({ timeoutMs: 300 });
    await expect(timedOut).rejects.toMatchObject({ code: 'panel-timeout' });
    const waiting = client.getHealth({ timeoutMs: 60_000 });
    setTimeout(() => client.close(), 100);
    await expect(waiting).rejects.toThrow(/abort/i);
  });
});

describe('the panel’s API through the keychain', () => {
  it('takes calls as over its own connections: once each, with their body, and their refusals', async () => {
    const { mac, panel, identity, folder } = await setUp();
    const trust = { kind: 'pinned', certificatePem: pki.panelPem } as const;
    const line = mac.keychain.openLine({ panelUrl: panel.url, trust, identity });
    const api = new PanelApi({ panelUrl: panel.url, line });
    onTestFinished(() => api.close());
    expect(await api.version()).toBe('0.1.30');
    const answer = await api.send('GET', '/api/health');
    expect(answer).toMatchObject({ statusCode: 200, body: expect.any(Buffer) as Buffer });
    expect(answer.headers['content-type']).toMatch(/json/);
    api.join('portlama_2fa_session=abc');
    await api
      .send('POST', '/api/other', { body: { csr: 'A'.repeat(3000) } })
      .catch(() => undefined);
    expect(panel.requests.filter((path) => path === '/api/other')).toHaveLength(1);
    const last = (await mac.curlCalls()).at(-1);
    expect(last?.argv).toEqual(['--disable', '--config', '-']);
    expect(last?.config).toContain('header = "cookie: portlama_2fa_session=abc"');
    // A key whose certificate nobody knows comes to the end of the handshake, and no further.
    await mac.keychain.remove(identity.sha1);
    const { holder } = await makeKey('admin', Date.now());
    const held = await mac.keychain.add(holder, { folder });
    const trial = mac.keychain.openLine({ panelUrl: panel.url, trust, identity: held });
    const url = new URL('/api/onboarding/status', panel.url);
    const limits = { timeoutMs: 10_000, maxBytes: 100_000 };
    expect(await trial.send({ method: 'GET', url, ...limits })).toMatchObject({ statusCode: 400 });
    expect(panel.requests).not.toContain('/api/onboarding/status');
    await mac.behave('locked');
    await expect(api.version()).rejects.toMatchObject({ code: 'identity-locked' });
  });
});

/** What Node keeps in a signal of others that were made of it, by AbortSignal.any. */
function dependants(signal: AbortSignal): unknown[] {
  const inner = signal as unknown as Readonly<Record<symbol, unknown>>;
  return (
    Object.getOwnPropertySymbols(signal)
      .map((symbol) => inner[symbol])
      // Node's own sets are no instances of Set.
      .flatMap((value) => (types.isSet(value) ? [...Set.prototype.values.call(value)] : []))
  );
}

describe('a call of the system’s curl', () => {
  it('leaves nothing behind in a signal that lives on', async () => {
    const { open } = await setUp();
    const { signal } = new AbortController();
    const client = open();
    for (let round = 0; round < 3; round++) await client.getHealth({ signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(dependants(signal)).toEqual([]);
  });

  it('ends with its own signal, and is not begun by a client that was closed', async () => {
    const { mac, open } = await setUp();
    const client = open();
    const abort = new AbortController();
    const asking = client.getHealth({ signal: abort.signal });
    abort.abort(new Error('not any more'));
    await expect(asking).rejects.toThrow('not any more');
    client.close();
    const asked = (await mac.curlCalls()).length;
    await expect(client.getHealth()).rejects.toThrow(/abort/i);
    expect((await mac.curlCalls()).length).toBe(asked);
  });
});

describe('an identity that does not open its panel', () => {
  it('is gone', async () => {
    const { mac, identity, open } = await setUp();
    await mac.keychain.remove(identity.sha1);
    await expect(open().getHealth()).rejects.toMatchObject({ code: 'identity-missing' });
  });

  it('has another one of its name beside it, which curl may take instead', async () => {
    const { mac, folder, identity, open } = await setUp();
    const other = await mac.keychain.add(foreign, { folder });
    expect(other.name).toBe(identity.name);
    const foreignPanel = await startNginxPanel(foreign);
    const trust = { kind: 'pinned', certificatePem: foreign.panelPem } as const;
    const outcomes = await Promise.all(
      [open(), mac.keychain.openPanel({ panelUrl: foreignPanel.url, trust, identity: other })].map(
        (client) =>
          client.getHealth().then(
            ({ status }) => status,
            ({ code }: { code: string }) => code,
          ),
      ),
    );
    expect(outcomes.sort()).toEqual(['identity-ambiguous', 'ok']);
  });

  it('is another one by now: what the panel says stays what it is', async () => {
    const { panel, open } = await setUp();
    await panel.restart({ ...pki, caPem: foreign.caPem });
    await expect(open().getHealth()).rejects.toMatchObject({ code: 'panel-certificate-required' });
  });

  it.each([
    ['locked', 'identity-locked'],
    ['denied', 'identity-denied'],
  ] as const)('may not be used: %s', async (mode: FakeMacMode, code) => {
    const { mac, open } = await setUp();
    await mac.behave(mode);
    await expect(open().getHealth()).rejects.toMatchObject({ code });
  });
});
