import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import { certificatePasswordKey, p12PasswordKey } from '../../src/services/keystore/keystore.js';
import { connectProxyDial } from '../../src/services/network/dial.js';
import {
  createKeyDesk,
  type HeldKey,
  type KeyDesk,
} from '../../src/services/panel/bind-certificate.js';
import { connectPanel } from '../../src/services/panel/connect-panel.js';
import { apiError } from '../../src/services/panel/panel-api-error.js';
import { readP12 } from '../../src/services/panel/identity.js';
import { PanelError } from '../../src/services/panel/panel-error.js';
import { createRegistry } from '../../src/services/registry/registry-file.js';
import { readServerFile, writeServerFile } from '../../src/services/registry/server-files.js';
import {
  changeServerMeta,
  type MetaChange,
  readServerMeta,
} from '../../src/services/registry/server-meta.js';
import { bindCertificate } from '../../src/usecases/bind-certificate.js';
import { Declined } from '../../src/usecases/face.js';
import { renewCertificate } from '../../src/usecases/renew-certificate.js';
import type { Services, Work } from '../../src/usecases/work.js';
import { EDGE } from '../app/fakes/fake-world.js';
import { readLikeDesktop } from '../contract/desktop-reader.js';
import { PanelWorld } from '../contract/panel-world.js';
import { fakeMac, type FakeMac } from '../fixtures/keychain/fake-mac.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import type { Answer } from './scripted-face.js';
import { type TestWork, testWork } from './work.js';

const SIGNAL = new AbortController().signal;
const BIND: Answer = {
  confirm: 'Bind the certificate of fra1-edge to this Mac?',
  typed: 'fra1-edge',
};
const UPGRADE = '/api/certs/admin/upgrade-to-hardware-bound';
/** Answers of the panel that refuse the order. */
const STATUS_OF = new Map<MacTest['way'], number>([
  ['failed', 500],
  ['refused', 400],
]);

/** One keychain and droplet a test; the panel is real but for its answers' way. */
interface MacTest extends TestWork {
  readonly here: PanelWorld;
  readonly mac: FakeMac;
  readonly home: string;
  readonly ports: { -readonly [K in keyof Services]: Services[K] };
  /** Calls that may change something, in order. */
  readonly sent: string[];
  /** What becomes of the order. */
  way: 'whole' | 'answer-lost' | 'not-sent' | 'failed' | 'refused' | 'other-certificate';
  /** Status of the panel's answer to the certificate of the file. */
  fileOpens(): Promise<number>;
}

let onlyKey: Promise<HeldKey> | undefined;

/** One for all tests, each of which has a keychain of its own: making one takes a second. */
function withOneKey(desk: KeyDesk): KeyDesk {
  return { ...desk, makeKey: () => (onlyKey ??= desk.makeKey()) };
}

const worlds: PanelWorld[] = [];
afterAll(async () => {
  for (const world of worlds) await world.close();
});

async function macServer(
  { isSetUp = true }: { readonly isSetUp?: boolean } = {},
  ...answers: readonly Answer[]
): Promise<MacTest> {
  const here = await PanelWorld.open();
  worlds.push(here);
  if (isSetUp) await here.onboard();
  const { sandbox, droplet, admin } = here;
  const [mac, home] = await Promise.all([fakeMac({ curlProxy: sandbox.url }), temporaryFolder()]);
  const test = testWork({ servers: [], facts: { sandbox: true, hasKeychain: true } }, ...answers);
  const { world } = test;
  world.workerClock = systemClock;
  const p12Path = await writeServerFile(home, EDGE.id, 'client.p12', admin.pfx);
  const pem = await here.exec('cat /etc/portlama/pki/self-signed.pem');
  await writeServerFile(home, EDGE.id, 'panel.pem', pem);
  await world.keystore.set(p12PasswordKey(EDGE.id), admin.passphrase);
  world.panels.clientCertificates.set(EDGE.id, await readP12(admin.pfx, admin.passphrase));
  const registry = createRegistry({ home, clock: systemClock });
  const panelUrl = `https://${droplet.address}:9292`;
  await registry.save({ ...EDGE, ip: droplet.address, panelUrl, p12Path });
  const { keychain } = mac;
  const authorities = [sandbox.controls.publicAuthorityPem];
  const dial = connectProxyDial(sandbox.url);
  const ways = { home, keystore: world.keystore, dial, authorities, keychain };
  const result: MacTest = Object.assign(test, {
    here,
    mac,
    home,
    ports: world.ports,
    sent: [] as string[],
    way: 'whole' as const,
    fileOpens: async () =>
      (await here.call({ method: 'GET', path: '/api/onboarding/status', client: admin })).status,
  });
  Object.assign(world.ports, {
    registry,
    keychain,
    keyDesk: withOneKey(createKeyDesk({ ...ways, registry, clock: systemClock })),
    readServerMeta: (id: string) => readServerMeta(home, id),
    changeServerMeta: (id: string, change: MetaChange) => changeServerMeta(home, id, change),
    openPanelApi: async (server, signal, evenDead) => {
      const opened = await connectPanel(server, { ...ways, evenDead }, signal);
      const { api } = opened;
      const send = api.send.bind(api);
      api.send = async (method, path, options) => {
        if (method !== 'GET') result.sent.push(path);
        const lost = new PanelError('panel-timeout', 'no answer');
        const status = STATUS_OF.get(result.way);
        if (path === UPGRADE && result.way === 'not-sent') throw lost;
        if (path === UPGRADE && status !== undefined)
          throw apiError('the panel', status, '{"error":"CSR too large"}', undefined);
        const answer = await send(method, path, options);
        if (path !== UPGRADE || result.way === 'whole') return answer;
        if (result.way === 'answer-lost') throw lost;
        return { ...answer, body: Buffer.from(JSON.stringify({ cert: pem })) };
      };
      return opened;
    },
  } satisfies Partial<Services>);
  return Object.assign(result, { work: { ...test.work, ...world.ports } });
}

const marked = async ({ home }: MacTest): Promise<unknown> =>
  (await readServerMeta(home, EDGE.id)).certificateEnded;

/** Panel as the entry of the list opens it. */
async function opens({ ports }: MacTest): Promise<string> {
  const [server] = await ports.registry.list();
  const { api } = await ports.openPanelApi(server!, SIGNAL);
  const mode = await api.authMode();
  api.close();
  return mode;
}

describe('bindCertificate', { timeout: 60_000 }, () => {
  it('ends with a key of the keychain that opens the panel, and nothing else that does', async () => {
    const test = await macServer({}, BIND);
    const { mac, home, face, news, work, ports } = test;
    const { expiresAt, server } = await bindCertificate('fra1-edge', work);
    expect(expiresAt).toBeGreaterThan(Date.now());
    expect(await opens(test)).toBe('hardware-bound');
    expect(await test.fileOpens()).toBe(403);
    expect(test.sent).toEqual([UPGRADE]);

    expect(server).toMatchObject({ authMethod: 'keychain', keychainIdentity: 'admin' });
    expect(server.p12Path).toBeUndefined();
    const [entry] = readLikeDesktop(await ports.registry.list());
    expect(entry?.adminAuth).toEqual({ method: 'keychain', keychainIdentity: 'admin' });
    const certificate = new X509Certificate((await readServerFile(home, EDGE.id, 'client.pem'))!);
    expect(await mac.identities()).toEqual([certificate.fingerprint.replaceAll(':', '')]);
    expect(await mac.keys()).toBe(1);
    const left = (await readdir(join(home, 'servers', EDGE.id))).sort();
    expect(left).toEqual(['client.pem', 'meta.json', 'panel.pem']);
    expect(await ports.keystore.get(certificatePasswordKey(EDGE))).toBeUndefined();
    expect(await marked(test)).toBeUndefined();

    expect(face.shown.join('\n')).toMatch(/at once.*only this Mac.*over SSH/s);
    expect(face.said.join('\n')).toContain('is bound to the login keychain of this Mac');
    expect(news).toContainEqual({ kind: 'certificate-changed', serverId: EDGE.id });
    expect(await ports.operations.list()).toEqual([]);
    // Before the order curl had used the key: its answer was a refusal of a certificate that nobody knows.
    const [imported] = (await mac.calls()).filter(({ argv }) => argv[0] === 'import');
    expect(imported?.argv).toEqual(expect.arrayContaining(['-f', 'pkcs12', '-x']));
    face.finish();

    // From now on neither a file nor another bind is to be had.
    await expect(renewCertificate('fra1-edge', work)).rejects.toMatchObject({
      code: 'certificate-in-keychain',
    });
    await expect(bindCertificate('fra1-edge', work)).rejects.toMatchObject({
      code: 'already-bound',
    });
  });

  it('is a Recover away from nothing when the answer is lost, and sends no second order', async () => {
    const test = await macServer({}, BIND);
    test.way = 'answer-lost';
    await expect(bindCertificate('fra1-edge', test.work)).rejects.toMatchObject({
      code: 'binding-lost',
      hint: { command: 'servers.recover', id: EDGE.id },
    });
    expect(test.sent).toEqual([UPGRADE]);
    expect(await test.fileOpens()).toBe(403);
    expect(await marked(test)).toEqual(expect.any(Number));
    expect(await test.mac.keys()).toBe(0);
  });

  it('changes nothing when the order did not arrive, or was refused', async () => {
    const test = await macServer({}, BIND, BIND, BIND, BIND);
    const ends = [
      ['not-sent', 'binding-not-done'],
      ['failed', 'binding-not-done'],
      ['refused', 'panel-refused-input'],
    ] as const;
    for (const [way, code] of ends) {
      test.way = way;
      await expect(bindCertificate('fra1-edge', test.work)).rejects.toMatchObject({ code });
    }
    expect(test.sent).toEqual([UPGRADE, UPGRADE, UPGRADE]);
    expect(await opens(test)).toBe('p12');
    expect(await marked(test)).toBeUndefined();
    expect(await test.mac.keys()).toBe(0);
    // It may be begun again.
    test.way = 'whole';
    await bindCertificate('fra1-edge', test.work);
    expect(await opens(test)).toBe('hardware-bound');
  });

  it('does not take a certificate for another key', async () => {
    const test = await macServer({}, BIND);
    test.way = 'other-certificate';
    await expect(bindCertificate('fra1-edge', test.work)).rejects.toMatchObject({
      code: 'binding-lost',
    });
    expect(await test.mac.identities()).toEqual([]);
  });

  it('orders nothing before macOS lets curl use the key', async () => {
    const test = await macServer({}, BIND);
    const { keyDesk } = test.work;
    const hold: KeyDesk['hold'] = async (...args) => {
      await keyDesk!.hold(...args);
      await test.mac.behave('denied');
    };
    test.ports.keyDesk = { ...keyDesk!, hold };
    await expect(bindCertificate('fra1-edge', test.work)).rejects.toMatchObject({
      code: 'identity-denied',
    });
    expect(test.sent).toEqual([]);
    expect(await test.fileOpens()).toBe(200);
    // The person allows it, and it goes on with the same key.
    await test.mac.behave('open');
    test.ports.keyDesk = keyDesk;
    await bindCertificate('fra1-edge', test.work);
    expect(await test.mac.keys()).toBe(1);
    expect(await opens(test)).toBe('hardware-bound');
  });

  it('takes the key away when it is cancelled before the order', async () => {
    const test = await macServer({}, BIND);
    const { keyDesk } = test.work;
    test.ports.keyDesk = {
      ...keyDesk!,
      async tryKey(_server, _sha1, signal) {
        const [operation] = await test.world.operations.list();
        test.world.operations.stop(operation!.id);
        signal.throwIfAborted();
      },
    };
    await expect(bindCertificate('fra1-edge', test.work)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(test.sent).toEqual([]);
    expect(await test.mac.keys()).toBe(0);
    expect(await opens(test)).toBe('p12');
  });

  it('takes the certificate over when it is cancelled after the order', async () => {
    const test = await macServer({}, BIND);
    const { keyDesk } = test.work;
    let isStopped = false;
    test.ports.keyDesk = {
      ...keyDesk!,
      async take(...args) {
        if (!isStopped) {
          isStopped = true;
          const [operation] = await test.world.operations.list();
          test.world.operations.stop(operation!.id);
          args[3].throwIfAborted();
        }
        return await keyDesk!.take(...args);
      },
    };
    await expect(bindCertificate('fra1-edge', test.work)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await opens(test)).toBe('hardware-bound');
    expect(test.face.said.join('\n')).toContain('it was taken over');
    expect(await marked(test)).toBeUndefined();
  });
});

describe('bindCertificate refuses, and changes nothing', { timeout: 60_000 }, () => {
  let test: MacTest;
  beforeEach(async () => {
    test = await macServer();
  });
  const refuses = async (code: string): Promise<void> => {
    await expect(bindCertificate('fra1-edge', test.work)).rejects.toMatchObject({ code });
    expect(test.sent).toEqual([]);
    expect(await test.fileOpens()).toBe(200);
  };

  it('where there is no keychain, or none that curl looks into, or a locked one', async () => {
    const { keychain, keyDesk } = test.work;
    Object.assign(test.work, { keychain: undefined, keyDesk: undefined });
    await refuses('no-keychain');
    Object.assign(test.work, { keychain, keyDesk });
    await test.mac.behave('no-secure-transport');
    await refuses('no-keychain');
    await test.mac.behave('locked');
    await refuses('keychain-locked');
  });

  it('where another identity has the name, the kept certificate is not the newest, or the answer is no', async () => {
    const { mac, here, home, work, ports } = test;
    const other = await ports.keyDesk!.makeKey();
    await mac.keychain.add(other.holder, { folder: home });
    await refuses('keychain-name-taken');
    await mac.keychain.remove(other.sha1);

    const declined = await macServer({}, { ...BIND, agree: false });
    await expect(bindCertificate('fra1-edge', declined.work)).rejects.toThrow(Declined);
    expect(await declined.mac.keys()).toBe(0);

    const { panels } = work;
    const facts = (await panels.readClientCertificate(EDGE))!;
    test.world.panels.clientCertificates.set(EDGE.id, {
      ...facts,
      notAfter: facts.notAfter - 60_000,
    });
    await refuses('certificate-not-newest');
    expect(here).toBeDefined();
  });

  it('before the set-up', async () => {
    test = await macServer({ isSetUp: false });
    await refuses('after-set-up');
  });

  it('where the panel is too old', async () => {
    const before = test.work;
    const openPanelApi = before.openPanelApi.bind(before);
    Object.assign(before, {
      openPanelApi: async (...args: Parameters<Work['openPanelApi']>) => {
        const opened = await openPanelApi(...args);
        const get = opened.api.send.bind(opened.api);
        opened.api.send = (method, path, options) =>
          get(method, path.replace('auth-mode', 'auth-mode-unknown'), options);
        return opened;
      },
    });
    await refuses('panel-too-old');
  });
});
