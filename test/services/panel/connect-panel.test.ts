import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { CertificateAuthority } from '../../../src/sandbox/pki/droplet-pki.js';
import { createHealthCheck } from '../../../src/services/health/panel-health-check.js';
import { p12PasswordKey } from '../../../src/services/keystore/keystore.js';
import { createSessionKeystore } from '../../../src/services/keystore/keystore.js';
import { connectProxyDial } from '../../../src/services/network/dial.js';
import { connectPanel, type ConnectPorts } from '../../../src/services/panel/connect-panel.js';
import type { PanelApi } from '../../../src/services/panel/panel-api.js';
import type { ServerEntry } from '../../../src/services/registry/registry.js';
import { writeServerFile } from '../../../src/services/registry/server-files.js';
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
  const ports: ConnectPorts = { home, keystore, dial, authorities };
  const open = async (entry = server): Promise<PanelApi> => {
    const api = await connectPanel(entry, ports, SIGNAL);
    onTestFinished(() => api.close());
    return api;
  };
  return { here, server, home, keystore, ports, open };
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
    const elsewhere = await connectPanel(server, { ...ports, authorities: undefined }, SIGNAL);
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
