import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Lack } from '../../../src/services/health/health.js';
import { createHealthCheck } from '../../../src/services/health/panel-health-check.js';
import {
  createSessionKeystore,
  type Keystore,
  KeystoreError,
  p12PasswordKey,
} from '../../../src/services/keystore/keystore.js';
import { readP12 } from '../../../src/services/panel/identity.js';
import { directDial } from '../../../src/services/network/dial.js';
import type { ServerEntry } from '../../../src/services/registry/registry.js';
import { writeServerFile } from '../../../src/services/registry/server-files.js';
import { changeServerMeta } from '../../../src/services/registry/server-meta.js';
import { makePanelPki, type PanelPki } from '../../fixtures/nginx/pki.js';
import { startNginxPanel } from '../../fixtures/nginx/start.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { serverEntry } from '../registry/server-entry.js';
import { SteppedClock } from './stepped-clock.js';

let pki: PanelPki;
let foreign: PanelPki;

beforeAll(async () => {
  [pki, foreign] = await Promise.all([makePanelPki(), makePanelPki()]);
}, 60_000);

/** A store that counts how often it is asked, and fails while it is locked. */
function countingKeystore() {
  const inner = createSessionKeystore();
  const state = { asked: 0, locked: false, code: 'locked' as KeystoreError['code'] };
  const keystore: Keystore = {
    ...inner,
    get: async (key) => {
      state.asked++;
      if (!state.locked) return await inner.get(key);
      throw new KeystoreError({
        code: state.code,
        message: 'The keyring is locked.',
        hint: 'Unlock it.',
      });
    },
  };
  return { keystore, state };
}

async function setUp() {
  const home = await temporaryFolder();
  const panel = await startNginxPanel(pki);
  const server = serverEntry({ panelUrl: panel.url });
  const { keystore, state } = countingKeystore();
  const clock = new SteppedClock();
  const health = createHealthCheck({ home, dial: directDial, keystore, clock });
  onTestFinished(() => health.dispose());
  await writeServerFile(home, server.id, 'client.p12', pki.p12);
  await writeServerFile(home, server.id, 'panel.pem', pki.panelPem);
  await keystore.set(p12PasswordKey(server.id), pki.passphrase);
  const check = (other: ServerEntry = server, fresh = false) =>
    health.check(other, { signal: new AbortController().signal, fresh });
  return { home, panel, server, keystore, state, clock, health, check };
}

describe('looking at a panel with what this computer has', () => {
  it('finds it online, and asks the store for the password only once', async () => {
    const { check, state } = await setUp();
    expect(await check()).toMatchObject({ state: 'online', version: '0.1.30' });
    expect(await check()).toMatchObject({ state: 'online' });
    expect(state.asked).toBe(1);
  });

  it('knows when the certificate ends that the panel was asked with, also while it is down', async () => {
    const { health, check, server, panel } = await setUp();
    expect(health.certificateEnd(server.id)).toBeUndefined();
    await check();
    const { notAfter } = await readP12(pki.p12, pki.passphrase);
    expect(health.certificateEnd(server.id)).toBe(notAfter);
    await panel.stopNginx();
    expect(await check(server, true)).toMatchObject({ state: 'offline' });
    expect(health.certificateEnd(server.id)).toBe(notAfter);
    health.forget(server.id);
    expect(health.certificateEnd(server.id)).toBeUndefined();
  });

  it('does not call a server online whose certificate a recovery has ended', async () => {
    const { check, home, server } = await setUp();
    expect(await check()).toMatchObject({ state: 'online' });
    await changeServerMeta(home, server.id, { certificateEnded: 1 });
    expect(await check()).toMatchObject({
      state: 'certificate-needed',
      lacks: 'client-certificate',
    });
    await changeServerMeta(home, server.id, { certificateEnded: undefined });
    expect(await check()).toMatchObject({ state: 'online' });
  });

  it('tells a panel server that is down, nginx that is down, and a changed certificate', async () => {
    const { check, panel } = await setUp();
    expect(await check()).toMatchObject({ state: 'online' });
    await panel.stopUpstream();
    expect(await check()).toMatchObject({ state: 'offline', code: 'panel-server-down' });
    await panel.stopNginx();
    expect(await check()).toMatchObject({ state: 'offline', code: 'panel-refused' });
    await panel.restart({ ...foreign, caPem: pki.caPem });
    expect(await check()).toMatchObject({ state: 'certificate-changed' });
  });

  it('uses a new certificate and a new pin as soon as they are there', async () => {
    const { check, home, panel, server, keystore } = await setUp();
    expect(await check()).toMatchObject({ state: 'online' });
    await panel.restart(foreign);
    expect(await check()).toMatchObject({ state: 'certificate-changed' });
    await writeServerFile(home, server.id, 'panel.pem', foreign.panelPem);
    expect(await check()).toMatchObject({ state: 'certificate-needed' });
    await keystore.set(p12PasswordKey(server.id), foreign.passphrase);
    await writeServerFile(home, server.id, 'client.p12', foreign.p12);
    expect(await check()).toMatchObject({ state: 'online' });
  });

  it('uses what was written over in place within two minutes, at once when asked or refused', async () => {
    const { check, home, panel, server, clock } = await setUp();
    const pin = join(home, 'servers', server.id, 'panel.pem');
    const states = async (fresh = false) => (await check(server, fresh)).state;
    expect(await states()).toBe('online');
    await writeFile(pin, 'no certificate');
    expect(await states()).toBe('online');
    expect(await states(true)).toBe('offline');
    await writeFile(pin, pki.panelPem);
    expect(await states()).toBe('online');
    await writeFile(pin, 'no certificate');
    await clock.pass(120_000);
    expect(await states()).toBe('offline');
    await panel.stopNginx();
    await writeFile(pin, pki.panelPem);
    expect(await check()).toMatchObject({ state: 'offline', code: 'panel-refused' });
  });

  it('finds the certificate where another program put it', async () => {
    const { check, home, server } = await setUp();
    const p12Path = join(home, 'elsewhere.p12');
    await writeFile(p12Path, pki.p12);
    expect(await check({ ...server, p12Path })).toMatchObject({ state: 'online' });
  });
});

describe('a certificate is needed', () => {
  const needed = (lacks: Lack, reason: string) => ({
    state: 'certificate-needed',
    lacks,
    reason: expect.stringContaining(reason) as unknown,
  });

  it('when there is none, when it is in a keychain, and when the panel’s own was not confirmed', async () => {
    const { check, home, server } = await setUp();
    const other = { ...server, id: 'other' };
    expect(await check(other)).toEqual(needed('client-certificate', 'no client certificate'));
    expect(await check({ ...other, authMethod: 'keychain' })).toEqual(
      needed('client-certificate', 'keychain'),
    );
    await writeServerFile(home, 'other', 'client.p12', pki.p12);
    expect(await check(other)).toEqual(needed('confirmation', 'not confirmed'));
  });

  it('when its password is missing or wrong: then the store is left alone for a while', async () => {
    const { check, server, keystore, state, clock } = await setUp();
    await keystore.delete(p12PasswordKey(server.id));
    for (let round = 0; round < 3; round++)
      expect(await check()).toEqual(needed('password', 'password'));
    expect(state.asked).toBe(1);
    await keystore.set(p12PasswordKey(server.id), 'wrong');
    expect(await check(server, true)).toEqual(needed('password', 'password'));
    expect(await check()).toEqual(needed('password', 'password'));
    expect(state.asked).toBe(2);
    await keystore.set(p12PasswordKey(server.id), pki.passphrase);
    await clock.pass(150_000);
    expect(await check()).toMatchObject({ state: 'online' });
  });

  it('when the store is locked: it is asked again later, or when a person asks', async () => {
    const { check, server, state, clock } = await setUp();
    state.locked = true;
    const others = Array.from({ length: 5 }, () => check());
    for (const result of await Promise.all(others))
      expect(result).toEqual(needed('access', 'locked'));
    const asked = state.asked;
    expect(await check()).toEqual(needed('access', 'locked'));
    expect(state.asked).toBe(asked);
    state.locked = false;
    expect(await check()).toEqual(needed('access', 'locked'));
    await clock.pass(6_000);
    expect(await check(server, true)).toMatchObject({ state: 'online' });
  });

  it('when the vault is locked: it is asked again at once, since somebody may have opened it', async () => {
    const { check, state } = await setUp();
    Object.assign(state, { locked: true, code: 'vault-locked' });
    expect(await check()).toEqual(needed('access', 'locked'));
    state.locked = false;
    expect(await check()).toMatchObject({ state: 'online' });
  });

  it('when the file is not the certificate', async () => {
    const { check, home, server } = await setUp();
    await writeServerFile(home, server.id, 'client.p12', 'damaged');
    expect(await check()).toEqual(needed('client-certificate', 'cannot be read'));
  });
});
