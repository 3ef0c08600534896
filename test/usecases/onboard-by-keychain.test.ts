import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import { autheliaPasswordKey } from '../../src/services/keystore/keystore.js';
import { directDial } from '../../src/services/network/dial.js';
import { connectPanel } from '../../src/services/panel/connect-panel.js';
import { readClientCertificate } from '../../src/services/panel/identity.js';
import { journalPath } from '../../src/services/provisioning/journal/journal.js';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import { writeServerFile } from '../../src/services/registry/server-files.js';
import { readServerMeta } from '../../src/services/registry/server-meta.js';
import { onboardServer } from '../../src/usecases/onboard-server.js';
import { EDGE } from '../app/fakes/fake-world.js';
import { DOMAIN, PanelWorld } from '../contract/panel-world.js';
import { type CrashWorld, openCrashWorld } from '../faults/crash/crash-world.js';
import { fakeMac, type FakeMac } from '../fixtures/keychain/fake-mac.js';
import { nginxInFront, PANEL_NAME } from '../fixtures/nginx/in-front.js';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { readJournal } from '../fixtures/read-journal.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { filesWith, ProcessWatch, secretsIn } from '../leaks/watch.js';
import type { Answer } from './scripted-face.js';
import { testWork } from './work.js';

vi.setConfig({ testTimeout: 180_000 });

const SIGNAL = new AbortController().signal;
const INPUT = { domain: DOMAIN, email: 'ops@example.com' };
const FREEZE = { confirm: `Set up fra1-edge for ${DOMAIN}?`, typed: DOMAIN };
const RETRY = { confirm: 'Start the installation on fra1-edge again?' };
const KEY = autheliaPasswordKey(EDGE.id);
const STREAM = 'GET /api/onboarding/provision/stream';
const PROVISION = 'POST /api/onboarding/provision';

/** Puts the admin's key into the keychain, and on disk what a Mac has of it: `servers/<id>` in `home`. */
async function moveIn(here: PanelWorld, mac: FakeMac, home: string): Promise<ServerEntry> {
  const { admin, droplet } = here;
  const identity = { p12: admin.pfx, passphrase: admin.passphrase };
  const { name } = await mac.keychain.add(identity, { folder: home });
  const certificate = await readClientCertificate(identity);
  const pin = await here.exec('cat /etc/portlama/pki/self-signed.pem');
  await writeServerFile(home, EDGE.id, 'client.pem', certificate.toString());
  await writeServerFile(home, EDGE.id, 'panel.pem', pin);
  const { p12Path: _none, ...entry } = EDGE;
  const panelUrl = `https://${droplet.address}:9292`;
  const providerId = String(droplet.id);
  return {
    ...entry,
    ip: droplet.address,
    providerId,
    panelUrl,
    authMethod: 'keychain',
    keychainIdentity: name,
  };
}

/** A server of the list whose key is in the keychain of this Mac, and a person who answers by a script. */
async function macServer(
  here: PanelWorld,
  { mac, pingMs }: { readonly mac: FakeMac; readonly pingMs?: number },
  ...answers: readonly Answer[]
) {
  const home = await temporaryFolder();
  const server = await moveIn(here, mac, home);
  const test = testWork(
    { servers: [server], facts: { sandbox: true, hasKeychain: true } },
    ...answers,
  );
  const { world, work, face } = test;
  const { keychain } = mac;
  const { controls } = here.sandbox;
  here.pointNames();
  world.resolveName = (name) => ({ a: [controls.findName(name)].flat(), aaaa: [] });
  world.workerClock = systemClock;
  const ways = { home, keystore: world.keystore, dial: directDial, keychain, pingMs };
  world.openPanelApi = (entry, signal) => connectPanel(entry, ways, signal);
  const calls = (call: string): number =>
    controls.panelCalls(here.droplet.id).filter((each) => each === call).length;
  return {
    world,
    face,
    home,
    server,
    calls,
    run: () => onboardServer('fra1-edge', INPUT, work),
    fault: (fault: Parameters<typeof controls.addDropletFault>[0]) =>
      controls.addDropletFault(fault, { dropletId: here.droplet.id }),
    logsIn: (password = '') => controls.tryLogin(here.droplet.id, 'admin', password),
  };
}

async function sandboxPanel(panel: Parameters<typeof PanelWorld.open>[0] = {}) {
  const here = await PanelWorld.open({ messageMs: 100, ...panel });
  onTestFinished(() => here.close());
  const { url, controls } = here.sandbox;
  const mac = await fakeMac({ curlProxy: url, authorities: controls.publicAuthorityPem });
  return { here, mac };
}

/** No curl of this Mac is left. */
async function allEnded(mac: FakeMac): Promise<void> {
  const calls = await mac.curlCalls();
  const isAlive = ({ pid }: { readonly pid: number }): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  await expect.poll(() => calls.filter(isAlive), { timeout: 30_000 }).toEqual([]);
}

describe('the set-up of a server whose key is in the keychain', () => {
  it('ends with its password through a real nginx that cuts silent streams, which is nowhere else', async () => {
    // Three certificates, of which the panel tells nothing, take longer than nginx waits.
    const front = await nginxInFront({ idleCutMs: 10_000, certificateMs: 4_500 });
    const { here } = front;
    const { address } = here.droplet;
    const mac = await fakeMac({
      curlWay: [
        'noproxy = "*"',
        `connect-to = "${address}:9292:127.0.0.1:${front.port}"`,
        `connect-to = "${PANEL_NAME}:443:127.0.0.1:${front.namePort}"`,
      ].join('\n'),
      authorities: here.sandbox.controls.publicAuthorityPem,
    });
    const state = mac.homeFolder.replace(/\/home$/, '');
    const test = await macServer(here, { mac, pingMs: 2_000 }, FREEZE);
    const watch = new ProcessWatch(state);
    onTestFinished(() => watch.stop());
    const done = await test.run();
    watch.stop();
    expect(done).toMatchObject({ domain: DOMAIN, isReplaced: false });
    expect(done.server).toMatchObject({
      authMethod: 'keychain',
      panelUrl: `https://${PANEL_NAME}`,
    });
    const password = await test.world.keystore.get(KEY);
    expect(password).toBe(done.password);
    expect(test.logsIn(password)).toBe(true);
    expect([test.calls(PROVISION), test.calls('PUT /api/users/admin')]).toEqual([1, 0]);
    // Each was ended by the next one, before nginx cut it.
    expect(test.calls(STREAM)).toBeGreaterThan(3);
    await allEnded(mac);

    const secrets = new Map([['password', password!]]);
    for (const { argv, config } of await mac.curlCalls())
      expect([argv, secretsIn(config, secrets)]).toEqual([['--disable', '--config', '-'], []]);
    expect(watch.seen.size).toBeGreaterThan(0);
    for (const { commandLine, environment } of watch.seen.values())
      expect(secretsIn(commandLine + environment, secrets)).toEqual([]);
    for (const folder of [test.home, state]) expect(await filesWith(folder, secrets)).toEqual([]);
    test.face.finish();
  });

  it('joins again when nginx restarts under it, and starts nothing twice', async () => {
    const { here, mac } = await sandboxPanel({ certificateMs: 1_500 });
    const test = await macServer(here, { mac }, FREEZE);
    test.fault({ kind: 'onboarding-cuts', task: 'issue-certs', runs: 1 });
    const done = await test.run();
    expect(done.isReplaced).toBe(false);
    expect(test.logsIn(done.password)).toBe(true);
    expect([test.calls(PROVISION), test.calls(STREAM)]).toEqual([1, 2]);
    await allEnded(mac);
  });

  it('reports a failed run, and starts it again only when it is agreed to', async () => {
    const { here, mac } = await sandboxPanel();
    const test = await macServer(here, { mac }, FREEZE, RETRY);
    test.fault({ kind: 'onboarding-fails', task: 'issue-certs', message: 'rate limit', runs: 1 });
    await expect(test.run()).rejects.toMatchObject({
      code: 'onboarding-failed',
      message: 'The installation on fra1-edge failed: rate limit.',
    });
    expect(test.calls(PROVISION)).toBe(1);
    const done = await test.run();
    expect(test.face.said.join('\n')).toContain('The installation failed before: rate limit');
    expect(test.calls(PROVISION)).toBe(2);
    expect(test.calls('POST /api/services/authelia/restart')).toBe(1);
    expect(test.logsIn(done.password)).toBe(true);
    expect(await test.world.keystore.get(KEY)).toBe(done.password);
    test.face.finish();
  });

  it('asks for the stream with the session of a second factor', async () => {
    const { here, mac } = await sandboxPanel({ messageMs: 2 });
    const { server, world } = await macServer(here, { mac });
    await here.onboard();
    const { code } = await here.turnOnTwoFactor();
    const named = { ...server, domain: DOMAIN, panelUrl: `https://${PANEL_NAME}` };
    const { api, wantsCode } = await world.openPanelApi!(named, SIGNAL);
    onTestFinished(() => api.close());
    expect(wantsCode).toBe(true);
    const first = () => api.followProvision(SIGNAL).next();
    await expect(first()).rejects.toMatchObject({ code: 'panel-two-factor' });
    await api.enterCode(code(), SIGNAL);
    await expect(first()).rejects.toMatchObject({ code: 'panel-setup-complete' });
    const last = (await mac.curlCalls()).at(-1);
    expect(last?.argv).toEqual(['--disable', '--config', '-']);
    expect(last?.config).toContain(`header = "cookie: ${api.session}"`);
  });

  it('is led on by another worker when the first one is killed in the middle', async () => {
    let mac: FakeMac | undefined;
    const world = await openCrashWorld(
      'sandbox',
      {
        delays: {
          ...NO_DELAYS,
          panel: { ...NO_DELAYS.panel, messageMs: 50, certificateMs: 4_000 },
        },
        restartSshDuringInstall: false,
      },
      async (sandboxUrl) => {
        mac = await fakeMac({ curlProxy: sandboxUrl });
        return { main: WORKER, env: { MAC_PROGRAMS: join(mac.homeFolder, '..') } };
      },
    );
    onTestFinished(() => world.close());
    const { home, sandbox, operations } = world;
    const here = await PanelWorld.within(sandbox);
    const server = await moveIn(here, mac!, home);
    await world.registry.save(server);
    here.pointNames();
    await here.admins('POST', '/api/onboarding/domain', { body: INPUT });
    const work = {
      kind: 'onboard',
      domainName: DOMAIN,
      address: server.ip,
      again: false,
      dnsWaitMs: 60_000,
    } as const;
    const id = await operations.startUpkeep(server, work, {});
    await expect.poll(() => runningTasks(world, id), { timeout: 60_000 }).toContain('issue-certs');
    world.kill();
    await world.workerEnd();
    // Their standard output leads nowhere.
    await allEnded(mac!);
    await operations.resume(id, {});
    expect(await world.workerEnd()).toBe('');
    expect(await operations.get(id)).toMatchObject({ status: 'succeeded' });
    const password = await world.keystore.get(KEY);
    const { controls } = sandbox;
    expect(controls.tryLogin(here.droplet.id, 'admin', password ?? '')).toBe(true);
    const sent = controls.panelCalls(here.droplet.id).filter((call) => call === PROVISION);
    expect(sent).toHaveLength(1);
    expect((await readServerMeta(home, EDGE.id)).onboarding).toMatchObject({ domain: DOMAIN });
    expect(await filesWith(home, new Map([['password', password!]]))).toEqual([]);
  });
});

const WORKER = join(import.meta.dirname, '../faults/crash/mac-worker.mjs');

/** Tasks that the journal says are running. */
async function runningTasks({ home }: CrashWorld, id: string): Promise<readonly string[]> {
  const records = (await readJournal(journalPath(home, id))) ?? [];
  const last = records.filter((record) => record.event === 'tasks').at(-1);
  return (last?.tasks ?? []).filter(({ status }) => status === 'running').map((task) => task.id);
}
