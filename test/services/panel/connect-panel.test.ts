import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { CertificateAuthority } from '../../../src/sandbox/pki/droplet-pki.js';
import { createHealthCheck } from '../../../src/services/health/panel-health-check.js';
import {
  certificatePasswordKey,
  createSessionKeystore,
  p12PasswordKey,
} from '../../../src/services/keystore/keystore.js';
import { connectProxyDial, type Dial } from '../../../src/services/network/dial.js';
import { connectPanel } from '../../../src/services/panel/connect-panel.js';
import { readP12 } from '../../../src/services/panel/identity.js';
import { renewCertificate } from '../../../src/services/panel/renew-certificate.js';
import type { PanelApi } from '../../../src/services/panel/panel-api.js';
import type { ServerEntry } from '../../../src/services/registry/registry.js';
import { createRegistry } from '../../../src/services/registry/registry-file.js';
import { systemClock } from '../../../src/core/time.js';
import { readServerFile, writeServerFile } from '../../../src/services/registry/server-files.js';
import { FakeRegistry } from '../../app/fakes/fake-registry.js';
import { DOMAIN, PanelWorld } from '../../contract/panel-world.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { serverEntry } from '../registry/server-entry.js';
import { SteppedClock } from '../health/stepped-clock.js';

const SIGNAL = new AbortController().signal;
let world: PanelWorld | undefined;

afterEach(async () => {
  await world?.close();
  world = undefined;
});

/** A server that is set up, with what provisioning leaves on this machine: certificate, password, pin of the address. */
async function setUpServer() {
  const here = (world = await PanelWorld.open());
  await here.onboard();
  const { sandbox, droplet, admin } = here;
  const server: ServerEntry = {
    ...serverEntry({ panelUrl: `https://panel.${DOMAIN}` }),
    domain: DOMAIN,
    ip: droplet.address,
  };
  const home = await temporaryFolder();
  const keystore = createSessionKeystore();
  await writeServerFile(home, server.id, 'client.p12', admin.pfx);
  await writeServerFile(
    home,
    server.id,
    'panel.pem',
    await here.exec('cat /etc/portlama/pki/self-signed.pem'),
  );
  await keystore.set(p12PasswordKey(server.id), admin.passphrase);
  const dial = connectProxyDial(sandbox.url);
  const authorities = [sandbox.controls.publicAuthorityPem];
  const ports = { home, keystore, dial, authorities };
  const open = async (entry = server): Promise<PanelApi> => {
    const { api } = await connectPanel(entry, ports, SIGNAL);
    onTestFinished(() => api.close());
    return api;
  };
  const registry = new FakeRegistry([server]);
  return { here, server, home, keystore, registry, ports, open };
}

describe('connectPanel', () => {
  it('asks at the name with its public certificate, though the address is pinned', async () => {
    const { open } = await setUpServer();
    const api = await open();
    expect(api.host).toBe(`panel.${DOMAIN}`);
    expect(await api.onboarding()).toMatchObject({ status: 'COMPLETED' });
  });

  it('asks at the pinned address when the name is gone', async () => {
    const { here, server, open } = await setUpServer();
    for (const name of [DOMAIN, `*.${DOMAIN}`]) here.sandbox.controls.setName(name, []);
    expect((await open()).host).toBe(`${server.ip}:9292`);
  });

  it('takes neither a name that nobody vouches for nor an address with another key', async () => {
    const { server, ports } = await setUpServer();
    // Without the sandbox's authority nobody vouches for it; the pinned address does.
    const { api: elsewhere } = await connectPanel(
      server,
      { ...ports, authorities: undefined },
      SIGNAL,
    );
    expect(elsewhere.host).toBe(`${server.ip}:9292`);
    elsewhere.close();
    const { panelPem } = new CertificateAuthority(server.ip, () => Date.now()).issuePanel();
    await writeServerFile(ports.home, server.id, 'panel.pem', panelPem);
    await expect(
      connectPanel(server, { ...ports, authorities: undefined }, SIGNAL),
    ).rejects.toMatchObject({ code: 'panel-certificate-invalid' });
  });

  it('says what is missing here', async () => {
    const { server, keystore, open } = await setUpServer();
    await keystore.delete(p12PasswordKey(server.id));
    await expect(open()).rejects.toMatchObject({
      code: 'panel-not-openable',
      message: expect.stringContaining('password of its certificate') as string,
    });
    await expect(
      open({ ...server, id: '00000000-0000-4000-8000-000000000000' }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('no client certificate') as string,
    });
  });

  it('has health asked the same way, and keeps the pin where the address is asked', async () => {
    const { here, server, ports, home, keystore } = await setUpServer();
    const { authorities, dial } = ports;
    const health = createHealthCheck({
      home,
      keystore,
      dial,
      authorities,
      clock: new SteppedClock(),
    });
    onTestFinished(() => health.dispose());
    const options = { signal: SIGNAL, fresh: true };
    expect(await health.check(server, options)).toMatchObject({ state: 'online' });
    const byAddress = { ...server, panelUrl: `https://${server.ip}:9292` };
    expect(await health.check(byAddress, options)).toMatchObject({ state: 'online' });
    here.sandbox.controls.renewPanelCertificate(here.droplet.id);
    expect(await health.check(byAddress, options)).toMatchObject({ state: 'certificate-changed' });
    expect(await health.check(server, options)).toMatchObject({ state: 'online' });
  });
});

describe('renewCertificate', () => {
  const openedBy = async (home: string, id: string): Promise<string> => {
    const p12 = await readServerFile(home, id, 'client.p12');
    return createHash('sha256').update(p12!).digest('hex');
  };

  it('puts a new pair in the place of the old one, which fits the stored password and opens the panel', async () => {
    const { server, home, ports, keystore, registry, open } = await setUpServer();
    const password = await keystore.get(p12PasswordKey(server.id));
    const before = await openedBy(home, server.id);
    const facts = await renewCertificate(server, await open(), { ...ports, registry }, SIGNAL);
    expect(facts.subject).toContain('CN=Portlama Client');
    expect(await openedBy(home, server.id)).not.toBe(before);
    expect(await keystore.get(p12PasswordKey(server.id))).toBe(password);
    const p12 = (await readServerFile(home, server.id, 'client.p12'))!;
    expect(await readP12(p12, password!)).toEqual(facts);
    expect(await (await open()).onboarding()).toMatchObject({ status: 'COMPLETED' });
    expect((await registry.list())[0]).toMatchObject({
      p12Path: join(home, 'servers', server.id, 'client.p12'),
    });
  });

  it.each(['rotateCertificate', 'downloadCertificate', 'proof'] as const)(
    'keeps the old pair when it is broken off at %s, and can be done again',
    async (point) => {
      const { server, home, ports, registry, open, here } = await setUpServer();
      const before = await openedBy(home, server.id);
      const api = await open();
      const broken = point === 'proof' ? { ...ports, dial: refusing } : ports;
      if (point !== 'proof') {
        const call = api[point].bind(api) as () => Promise<never>;
        api[point] = async () => {
          await call();
          throw new Error('killed');
        };
      }
      await expect(
        renewCertificate(server, api, { ...broken, registry }, SIGNAL),
      ).rejects.toThrow();
      expect(await openedBy(home, server.id)).toBe(before);
      expect(await (await open()).onboarding()).toMatchObject({ status: 'COMPLETED' });
      await renewCertificate(server, await open(), { ...ports, registry }, SIGNAL);
      expect(await openedBy(home, server.id)).not.toBe(before);
      expect(await (await open()).stats()).toBeDefined();
      // Rotation revokes nothing: what was used before still opens it.
      await here.admins('GET', '/api/onboarding/status');
    },
  );
});

const refusing: Dial = () =>
  Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));

describe('an admin certificate that was imported in the desktop app', () => {
  it('is the one that opens the panel, until a renewal makes it the server’s own', async () => {
    const { here, server, home, keystore, ports, open } = await setUpServer();
    const folder = join(home, 'servers', server.id);
    await rm(join(folder, 'client.p12'));
    await keystore.set(p12PasswordKey(server.id), 'of a certificate that is no longer used');
    const p12Path = join(folder, 'admin.p12');
    await writeFile(p12Path, here.admin.pfx);
    const adminAuth = { method: 'p12', p12Path };
    const entry = { ...server, p12Path: join(folder, 'client.p12'), adminAuth };
    const list = join(home, 'servers.json');
    await writeFile(list, JSON.stringify([entry]));
    const key = { service: 'com.portlama.admin', account: server.id };
    await keystore.set(key, here.admin.passphrase);
    const registry = createRegistry({ home, clock: systemClock });
    const [listed] = await registry.list();
    expect(certificatePasswordKey(listed!)).toEqual(key);
    expect(await (await open(listed)).onboarding()).toMatchObject({ status: 'COMPLETED' });
    // What another change writes leaves it alone.
    await registry.setActive(server.id);
    expect(JSON.parse(await readFile(list, 'utf8'))).toEqual([{ ...entry, active: true }]);

    await renewCertificate(listed!, await open(listed), { ...ports, registry }, SIGNAL);
    const [renewed] = JSON.parse(await readFile(list, 'utf8')) as ServerEntry[];
    expect(renewed).not.toHaveProperty('adminAuth');
    expect(renewed?.p12Path).toBe(join(folder, 'client.p12'));
    expect(await (await open(renewed)).stats()).toBeDefined();
  });
});
