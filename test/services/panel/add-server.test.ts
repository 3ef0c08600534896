import { lstat, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { directDial } from '../../../src/services/network/dial.js';
import { addManualServer, type AddServerPorts } from '../../../src/services/panel/add-server.js';
import { type PanelInspection } from '../../../src/services/panel/inspect.js';
import { certificateFacts, openPanelTls } from '../../../src/services/panel/panel-tls.js';
import { createRegistry } from '../../../src/services/registry/registry-file.js';
import { readServerFile } from '../../../src/services/registry/server-files.js';
import { ManualClock } from '../../fixtures/manual-clock.js';
import { makePanelPki, type PanelPki } from '../../fixtures/nginx/pki.js';
import { startNginxPanel } from '../../fixtures/nginx/start.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { serverEntry } from '../registry/server-entry.js';

let pki: PanelPki;

beforeAll(async () => {
  pki = await makePanelPki();
}, 60_000);

async function ports(): Promise<AddServerPorts> {
  const home = join(await temporaryFolder(), 'home');
  const clock = new ManualClock();
  return { home, clock, registry: createRegistry({ home, clock }) };
}

function inspection(changes: Partial<PanelInspection> = {}): PanelInspection {
  return {
    url: 'https://8.8.4.4:9292',
    host: '8.8.4.4',
    port: 9292,
    address: '8.8.4.4',
    certificate: certificateFacts(pki.panelPem),
    trust: 'confirm',
    isPortlama: true,
    wantsCertificate: true,
    httpStatus: 400,
    suggestedLabel: '8-8-4-4',
    ...changes,
  };
}

const confirmed = () => ({ label: '', confirmedSha256: certificateFacts(pki.panelPem).sha256 });

describe('adding a server by hand', () => {
  it('adds it inactive, without a provider, and pins what was confirmed', async () => {
    const to = await ports();
    await to.registry.save(serverEntry({ active: true }));
    const entry = await addManualServer(to, inspection(), confirmed());
    expect(entry).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      label: '8-8-4-4',
      panelUrl: 'https://8.8.4.4:9292',
      ip: '8.8.4.4',
      createdAt: '2023-11-14T22:13:20.000Z',
      active: false,
      authMethod: 'p12',
    });
    expect(await to.registry.list()).toEqual([serverEntry({ active: true }), entry]);
    const pin = await readServerFile(to.home, entry.id, 'panel.pem');
    expect(pin?.toString()).toBe(certificateFacts(pki.panelPem).pem);
    const path = join(to.home, 'servers', entry.id, 'panel.pem');
    expect((await lstat(path)).mode & 0o777).toBe(0o600);
  });

  it('pins so that the panel, and only it, is trusted', async () => {
    const to = await ports();
    const { id } = await addManualServer(to, inspection(), confirmed());
    const certificatePem = (await readServerFile(to.home, id, 'panel.pem'))!.toString();
    const panel = await startNginxPanel(pki);
    const open = () =>
      openPanelTls({
        host: '127.0.0.1',
        port: panel.port,
        trust: { kind: 'pinned', certificatePem },
        dial: directDial,
        timeoutMs: 10_000,
      });
    (await open()).destroy();
    await panel.restart(await makePanelPki());
    await expect(open()).rejects.toMatchObject({ code: 'panel-certificate-changed' });
  }, 60_000);

  it('keeps the domain of a panel that has one, and pins no public certificate', async () => {
    const to = await ports();
    const named = inspection({
      url: 'https://panel.example.com',
      host: 'panel.example.com',
      trust: 'public',
    });
    const entry = await addManualServer(to, named, {
      label: ' edge ',
      confirmedSha256: undefined,
    });
    expect(entry).toMatchObject({ label: 'edge', domain: 'example.com', ip: '8.8.4.4' });
    expect(await readdir(to.home)).toEqual(['servers.json']);
  });

  it.each([
    [
      'a certificate that was not confirmed',
      { confirmedSha256: undefined },
      'certificate-not-confirmed',
    ],
    [
      'another certificate than was confirmed',
      { confirmedSha256: 'AB:CD' },
      'certificate-not-confirmed',
    ],
    ['a label that breaks the rules', { label: 'Not Valid' }, 'label-invalid'],
  ])('refuses %s, and writes nothing', async (_, change, code) => {
    const to = await ports();
    await expect(
      addManualServer(to, inspection(), { ...confirmed(), ...change }),
    ).rejects.toMatchObject({ name: 'InputError', code });
    await expect(readdir(to.home)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('refuses a panel that is in the list already, however its address is written there', async () => {
    const to = await ports();
    await to.registry.save(serverEntry({ panelUrl: 'https://8.8.4.4:9292/', label: 'old' }));
    await expect(addManualServer(to, inspection(), confirmed())).rejects.toMatchObject({
      code: 'server-known',
      message: 'This panel is already in the list, as old.',
    });
    expect(await readdir(to.home)).toEqual(['servers.json']);
  });

  it('leaves no pin behind when the list cannot be written', async () => {
    const to = await ports();
    await mkdir(to.home, { mode: 0o700 });
    await symlink('/nowhere/servers.json', join(to.home, 'servers.json'));
    await expect(addManualServer(to, inspection(), confirmed())).rejects.toMatchObject({
      code: 'symbolic-link',
    });
    expect(await readdir(join(to.home, 'servers'))).toEqual([]);
    await expect(readFile('/nowhere/servers.json')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
