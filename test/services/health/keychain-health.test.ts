import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createHealthCheck } from '../../../src/services/health/panel-health-check.js';
import { createSessionKeystore } from '../../../src/services/keystore/keystore.js';
import { directDial } from '../../../src/services/network/dial.js';
import { ClientCertificates, readClientCertificate } from '../../../src/services/panel/identity.js';
import { writeServerFile } from '../../../src/services/registry/server-files.js';
import { fakeMac } from '../../fixtures/keychain/fake-mac.js';
import { makePanelPki, type PanelPki } from '../../fixtures/nginx/pki.js';
import { startNginxPanel } from '../../fixtures/nginx/start.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { serverEntry } from '../registry/server-entry.js';
import { SteppedClock } from './stepped-clock.js';

let pki: PanelPki;

beforeAll(async () => {
  pki = await makePanelPki();
}, 60_000);

async function setUp() {
  const [home, mac, panel] = await Promise.all([
    temporaryFolder(),
    fakeMac(),
    startNginxPanel(pki),
  ]);
  const { name, sha1 } = await mac.keychain.add(pki, { folder: home });
  const server = serverEntry({
    panelUrl: panel.url,
    authMethod: 'keychain',
    keychainIdentity: name,
  });
  const certificate = await readClientCertificate(pki);
  await writeServerFile(home, server.id, 'client.pem', certificate.toString());
  await writeServerFile(home, server.id, 'panel.pem', pki.panelPem);
  const clock = new SteppedClock();
  const keystore = createSessionKeystore();
  const { keychain } = mac;
  const health = createHealthCheck({ home, dial: directDial, keystore, keychain, clock });
  onTestFinished(() => health.dispose());
  const check = (fresh = false, other = server) =>
    health.check(other, { signal: new AbortController().signal, fresh });
  const asked = async () => (await mac.curlCalls()).length;
  return { home, mac, panel, server, sha1, clock, keystore, health, check, asked };
}

describe('a server whose key is in the keychain', () => {
  it('is online, without a file and without a password', async () => {
    const { home, keystore, server, health, check } = await setUp();
    expect(await check()).toMatchObject({ state: 'online', version: '0.1.30' });
    const certificates = new ClientCertificates({ home, keystore });
    const { notAfter } = (await certificates.read(server))!;
    expect(notAfter).toBeGreaterThan(Date.now());
    expect(health.certificateEnd(server.id)).toBe(notAfter);
  });

  it('needs a certificate when its identity is gone, and is online again when that is back', async () => {
    const { home, mac, sha1, check } = await setUp();
    await mac.keychain.remove(sha1);
    expect(await check()).toEqual({
      state: 'certificate-needed',
      lacks: 'client-certificate',
      reason: 'Its identity "admin" is not in the keychain any more.',
    });
    await mac.keychain.add(pki, { folder: home });
    expect(await check()).toMatchObject({ state: 'online' });
  });

  it('needs one when servers.json does not name it', async () => {
    const { server, check, asked } = await setUp();
    const unnamed = { ...server, keychainIdentity: undefined };
    expect(await check(false, unnamed)).toMatchObject({
      state: 'certificate-needed',
      lacks: 'client-certificate',
    });
    expect(await asked()).toBe(0);
  });

  it('that another program enrolled is found by its name', async () => {
    const { home, server, check } = await setUp();
    const other = { ...server, id: 'made-by-another' };
    await writeServerFile(home, other.id, 'panel.pem', pki.panelPem);
    expect(await check(false, other)).toMatchObject({ state: 'online' });
  });

  it('raises the alarm when the panel has another key', async () => {
    const { panel, check } = await setUp();
    await panel.restart({ ...(await makePanelPki()), caPem: pki.caPem });
    expect(await check()).toMatchObject({ state: 'certificate-changed' });
  });

  it('is left alone while the keychain is locked, and by one who said no until asked to look', async () => {
    const { mac, clock, check, asked } = await setUp();
    const needed = { state: 'certificate-needed', lacks: 'access' };
    await mac.behave('locked');
    for (let round = 0; round < 3; round++) expect(await check()).toMatchObject(needed);
    expect(await asked()).toBe(1);
    await mac.behave('denied');
    await clock.pass(150_000);
    expect(await check()).toMatchObject(needed);
    await clock.pass(86_400_000);
    expect(await check()).toMatchObject(needed);
    expect(await asked()).toBe(2);
    await mac.behave('open');
    expect(await check(true)).toMatchObject({ state: 'online' });
  });
});
