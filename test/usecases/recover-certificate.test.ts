import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import {
  certificatePasswordKey,
  loginKey,
  p12PasswordKey,
} from '../../src/services/keystore/keystore.js';
import { connectProxyDial } from '../../src/services/network/dial.js';
import { recoverCertificate as keepRecovered } from '../../src/services/panel/recover-certificate.js';
import { writeServerFile } from '../../src/services/registry/server-files.js';
import { connectSsh } from '../../src/services/ssh/connect.js';
import { parsePublicKey, sha256Fingerprint } from '../../src/services/ssh/keys.js';
import { SshError } from '../../src/services/ssh/ssh-error.js';
import type { Shell } from '../../src/services/ssh/system-shell.js';
import { recoverCertificate } from '../../src/usecases/recover-certificate.js';
import { followUpkeep } from '../../src/usecases/upkeep.js';
import { EDGE } from '../app/fakes/fake-world.js';
import { PanelWorld } from '../contract/panel-world.js';
import { TestShell } from '../sandbox/droplet-fixture.js';
import { panelServer, type PanelWork } from './panel-work.js';
import type { Answer } from './scripted-face.js';

const RECOVER = { confirm: 'Recover the certificate of fra1-edge?', typed: 'fra1-edge' };
const KEYS = '/root/.ssh/authorized_keys';

let here: PanelWorld;
let home: string;

beforeEach(async () => {
  here = await PanelWorld.open();
  home = await mkdtemp(join(tmpdir(), 'portlama-recover-'));
});
afterEach(async () => {
  await here.close();
  await rm(home, { recursive: true });
});

interface Recovery extends PanelWork {
  /** Commands that were run over SSH, by their beginning. */
  readonly commands: string[];
  /** Breaks the connection at a command of this beginning, so many times. */
  breakAt: { readonly command: string; times: number; after?: boolean } | undefined;
  /** Keys of the person are on the server. */
  ownKey: boolean;
}

/** A server of the sandbox whose SSH is real, and whose certificate is kept in a folder of this test. */
async function server(...answers: readonly Answer[]): Promise<Recovery> {
  const test = await panelServer(here, [], answers, { sandbox: true });
  const { world } = test;
  const { sandbox, droplet, admin } = here;
  world.hostKey = sandbox.controls
    .readFile(droplet.id, '/etc/ssh/ssh_host_ed25519_key.pub')!
    .trim();
  world.workerClock = systemClock;
  const dial = connectProxyDial(sandbox.url);
  const recovery: Recovery = Object.assign(test, {
    commands: [],
    breakAt: undefined,
    ownKey: false,
  });
  world.connect = async ({ server: { ip }, hostKey, privateKey }, signal) => {
    if (privateKey === undefined && !recovery.ownKey)
      throw new SshError({ code: 'authentication-failed', message: 'no key' });
    const key = privateKey ?? droplet.key.privateKey;
    const target = { host: ip, port: 22, username: 'root', privateKey: key, hostKey, dial };
    return watched(await connectSsh(target, { timeoutMs: 5_000, signal }));
  };
  const watched = (shell: Shell): Shell => ({
    close: () => shell.close(),
    async exec(command, options) {
      const name = command.split(/[ \n]/, 1)[0]!;
      const planned = recovery.breakAt;
      const breaks = planned?.command === name && planned.times-- > 0;
      const lost = new SshError({ code: 'connection-lost', message: 'lost', retryable: true });
      if (breaks && planned?.after !== true) throw lost;
      recovery.commands.push(name);
      const result = await shell.exec(command, options);
      if (breaks) throw lost;
      return result;
    },
  });
  const p12Path = await writeServerFile(home, EDGE.id, 'client.p12', admin.pfx);
  await world.registry.save({ ...test.server, p12Path });
  await world.keystore.set(p12PasswordKey(EDGE.id), admin.passphrase);
  const authorities = [sandbox.controls.publicAuthorityPem];
  world.recoverCertificate = (entry, files, signal) => {
    const { keystore, registry } = world.ports;
    return keepRecovered(
      entry,
      files,
      { home, keystore, registry, dial, authorities, clock: systemClock },
      signal,
    );
  };
  return recovery;
}

const readKeys = (): string => here.sandbox.controls.readFile(here.droplet.id, KEYS) ?? '';

/** The person runs the line that is shown on the console. */
function runsTheLine({ face }: Recovery): void {
  const say = face.say.bind(face);
  face.say = (line) => {
    say(line);
    const command = face.said.at(-1)!;
    if (command.startsWith('install -d'))
      void here.sandbox.controls.runOnConsole(here.droplet.id, command);
  };
}

/** Status of the panel's answer to the pair that is kept. */
async function opens({ world }: Recovery): Promise<number> {
  const pfx = await readFile(join(home, 'servers', EDGE.id, 'client.p12'));
  const [entry] = await world.registry.list();
  const passphrase = (await world.keystore.get(certificatePasswordKey(entry!))) ?? '';
  const path = '/api/onboarding/status';
  return (await here.call({ method: 'GET', path, client: { pfx, passphrase } })).status;
}

const ended = async ({ world }: Recovery): Promise<unknown> =>
  (await world.ports.readServerMeta(EDGE.id)).certificateEnded;

describe('recoverCertificate', () => {
  it('makes a new one by a line on the console, and takes its key away again', async () => {
    const test = await server(RECOVER);
    const before = readKeys();
    runsTheLine(test);
    const { expiresAt } = await recoverCertificate('fra1-edge', {}, test.work);
    expect(expiresAt).toBeGreaterThan(Date.now());
    expect(await opens(test)).toBe(200);
    expect(
      (await here.call({ method: 'GET', path: '/api/onboarding/status', client: here.admin }))
        .status,
    ).toBe(403);
    expect(readKeys()).toBe(before);
    expect(await test.world.keystore.get(loginKey(EDGE.id))).toBeUndefined();
    expect(await ended(test)).toBeUndefined();
    expect(test.face.shown.join('\n')).toMatch(/second factor, reopens.*9292.*restarts/);
    expect(test.face.said.join('\n')).toContain(`/droplets/${EDGE.providerId}/terminal/ui/`);
    expect(test.news).toContainEqual({ kind: 'certificate-changed', serverId: EDGE.id });
    expect(await test.world.operations.list()).toEqual([]);
    test.face.finish();
  });

  it('needs no line where a key of the person’s logs in', async () => {
    const test = await server(RECOVER);
    test.ownKey = true;
    const before = readKeys();
    await recoverCertificate('fra1-edge', {}, test.work);
    expect(await opens(test)).toBe(200);
    expect(test.face.said.join('\n')).not.toContain('install -d');
    expect(readKeys()).toBe(before);
  });

  it('deletes the identity that the reset ended, and says where a keychain keeps it', async () => {
    const test = await server(RECOVER, RECOVER);
    test.ownKey = true;
    const { registry } = test.world;
    const bound = {
      authMethod: 'keychain',
      keychainIdentity: 'admin',
      p12Path: undefined,
    } as const;
    const keep = async (): Promise<void> =>
      await registry.save({ ...(await registry.list())[0]!, ...bound, adminAuth: { ...bound } });
    await keep();
    await recoverCertificate('fra1-edge', {}, test.work);
    expect(test.world.removedIdentities).toEqual([EDGE.id]);
    expect((await registry.list())[0]).toMatchObject({ authMethod: 'p12', adminAuth: undefined });
    expect(await opens(test)).toBe(200);
    await keep();
    test.world.keychainFailure = new Error('it is locked');
    await recoverCertificate('fra1-edge', {}, test.work);
    expect(await opens(test)).toBe(200);
    expect(test.face.said.join('\n')).toContain('still in the keychain: it is locked');
  });

  it('fetches the pair of the reset, not the stale password of a rotation', async () => {
    const test = await server(RECOVER);
    await here.onboard();
    await here.admins('POST', '/api/certs/mtls/rotate');
    test.ownKey = true;
    await recoverCertificate('fra1-edge', {}, test.work);
    expect(await opens(test)).toBe(200);
    // The one from before the rotation is revoked by nobody.
    expect(test.face.said.join('\n')).toMatch(
      /stays valid until .* serial [0-9A-F]{40} .*revoked\.json/,
    );
  });

  it('says that the previous one may stay valid where the panel gives no answer to it', async () => {
    const test = await server(RECOVER);
    await here.onboard();
    await here.admins('POST', '/api/certs/mtls/rotate');
    test.ownKey = true;
    const call = { kind: 'panel-call', method: 'GET', path: '/api/onboarding/status' } as const;
    // The new one opens the panel first.
    here.sandbox.controls.addDropletFault(
      { ...call, nth: 2, times: 1, trouble: 500 },
      { dropletId: here.droplet.id },
    );
    await recoverCertificate('fra1-edge', {}, test.work);
    expect(await opens(test)).toBe(200);
    expect(test.face.said.join('\n')).toMatch(
      /may stay valid until .* serial [0-9A-F]{40} .*revoked\.json/,
    );
  });

  it('makes the pair anew where somebody rotated it between reset and fetch', async () => {
    const test = await server(RECOVER);
    test.ownKey = true;
    test.breakAt = { command: '{', times: 1 };
    await here.onboard();
    const exec = test.world.connect!;
    let isRotated = false;
    test.world.connect = async (login, signal) => {
      const shell = await exec(login, signal);
      return {
        close: () => shell.close(),
        async exec(command, options) {
          if (command.startsWith('{') && !isRotated) {
            isRotated = true;
            const run = await TestShell.open(here.sandbox, here.droplet);
            const [pfx, password] = [
              await run.read('/etc/portlama/pki/client.p12'),
              await run.read('/etc/portlama/pki/.p12-password'),
            ];
            run.close();
            here.admin = { pfx, passphrase: password.toString() };
            await here.admins('POST', '/api/certs/mtls/rotate');
          }
          return await shell.exec(command, options);
        },
      };
    };
    await recoverCertificate('fra1-edge', {}, test.work);
    expect(await opens(test)).toBe(200);
    expect(test.commands.filter((name) => name === 'portlama-reset-admin')).toHaveLength(2);
  });

  it('survives connections that are lost at every command', async () => {
    const test = await server(RECOVER);
    runsTheLine(test);
    test.breakAt = { command: 'portlama-reset-admin', times: 1, after: true };
    await recoverCertificate('fra1-edge', {}, test.work);
    expect(test.commands.filter((name) => name === 'portlama-reset-admin')).toHaveLength(2);
    expect(await opens(test)).toBe(200);
  });

  it('says between reset and fetch that the old one is dead, and fetches when it is run again', async () => {
    const test = await server(RECOVER);
    runsTheLine(test);
    const keep = test.world.recoverCertificate!;
    test.world.recoverCertificate = () => Promise.reject(new Error('the disk is full'));
    await expect(recoverCertificate('fra1-edge', {}, test.work)).rejects.toThrow(
      'the disk is full',
    );
    expect(await ended(test)).toEqual(expect.any(Number));
    test.world.recoverCertificate = keep;
    await recoverCertificate('fra1-edge', {}, test.work);
    expect(test.commands.filter((name) => name === 'portlama-reset-admin')).toHaveLength(1);
    expect(await opens(test)).toBe(200);
    expect(await ended(test)).toBeUndefined();
    test.face.finish();
  });

  it('leaves no key when it is cancelled, and says what it can not take away', async () => {
    const test = await server(RECOVER);
    const before = readKeys();
    let release = (): void => undefined;
    const isHeld = new Promise<void>((held) => {
      test.world.recoverCertificate = (_server, _files, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          release = held;
          held();
        });
    });
    runsTheLine(test);
    const running = recoverCertificate('fra1-edge', {}, test.work).catch((error: unknown) => error);
    await isHeld;
    release();
    const [operation] = await test.world.operations.list();
    expect(readKeys()).not.toBe(before);
    test.world.operations.stop(operation!.id);
    await expect(running).resolves.toMatchObject({ code: 'cancelled' });
    expect(readKeys()).toBe(before);
    expect(await test.world.keystore.get(loginKey(EDGE.id))).toBeUndefined();
    expect(test.face.said.join('\n')).toContain('has revoked the certificate on this machine');
  });

  it('asks for the fingerprint of a host key that is not kept here, and refuses another', async () => {
    const test = await server(
      { ...RECOVER },
      { ask: 'What it printed (SHA256:…)', text: `SHA256:${'A'.repeat(43)}` },
    );
    const line = test.world.hostKey!;
    test.world.shownHostKey = line;
    test.world.hostKey = undefined;
    const wrong = recoverCertificate('fra1-edge', {}, test.work);
    await expect(wrong).rejects.toMatchObject({ code: 'host-key-changed' });
    expect(test.commands).toEqual([]);

    const sha256 = sha256Fingerprint(parsePublicKey(line)!);
    const next = await server({ ...RECOVER });
    next.world.hostKey = undefined;
    next.world.shownHostKey = line;
    runsTheLine(next);
    await recoverCertificate(
      'fra1-edge',
      { hostKey: `256 ${sha256} root@edge (ED25519)` },
      next.work,
    );
    expect(next.world.hostKey).toBe(line);
    expect(await opens(next)).toBe(200);
  });

  it('refuses what is no fingerprint before anything is asked, also where none is needed', async () => {
    const test = await server();
    const wish = { hostKey: 'fra1' };
    await expect(recoverCertificate('fra1-edge', wish, test.work)).rejects.toMatchObject({
      code: 'fingerprint-invalid',
    });
    expect(test.commands).toEqual([]);
  });

  it('asks for the fingerprint again where the host key was lost on the way, and takes its key away', async () => {
    const test = await server(RECOVER);
    const { world } = test;
    const before = readKeys();
    const line = world.hostKey!;
    const sha256 = sha256Fingerprint(parsePublicKey(line)!);
    world.shownHostKey = line;
    runsTheLine(test);
    const keep = world.recoverCertificate!;
    world.recoverCertificate = () => {
      world.hostKey = undefined;
      return Promise.reject(new Error('the disk is full'));
    };
    const stopped = recoverCertificate('fra1-edge', {}, test.work);
    await expect(stopped).rejects.toThrow('the disk is full');
    world.recoverCertificate = keep;
    const [operation] = await world.operations.list();
    await world.operations.resume(operation!.id, {});
    await expect(followUpkeep(operation!.id, test.work)).rejects.toMatchObject({
      code: 'host-key-missing',
      hint: { command: 'servers.recover', id: EDGE.id },
    });
    await recoverCertificate('fra1-edge', { hostKey: sha256 }, test.work);
    expect(await opens(test)).toBe(200);
    expect(readKeys()).toBe(before);
    expect(await world.keystore.get(loginKey(EDGE.id))).toBeUndefined();
    test.face.finish();
  });

  it('keeps the key of a line that it cannot take away without the host key, and names it', async () => {
    const test = await server(RECOVER);
    const { world } = test;
    runsTheLine(test);
    const isFetching = new Promise<void>((fetching) => {
      world.recoverCertificate = (_server, _files, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          world.hostKey = undefined;
          fetching();
        });
    });
    const running = recoverCertificate('fra1-edge', {}, test.work).catch((error: unknown) => error);
    await isFetching;
    const [operation] = await world.operations.list();
    world.operations.stop(operation!.id);
    await expect(running).resolves.toMatchObject({ code: 'cancelled' });
    const [ended] = await world.operations.list();
    expect(ended?.leftovers).toMatchObject([{ kind: 'ssh-key' }]);
    expect(await world.keystore.get(loginKey(EDGE.id))).toBeDefined();
    expect(test.face.said.join('\n')).toContain('was not removed: The SSH host key of fra1-edge');
  });

  it('puts a host key back that was lost on the way to a new certificate', async () => {
    const test = await server(RECOVER);
    const line = test.world.hostKey;
    test.ownKey = true;
    const keep = test.world.recoverCertificate!;
    test.world.recoverCertificate = (...args) => {
      test.world.hostKey = undefined;
      return keep(...args);
    };
    await recoverCertificate('fra1-edge', {}, test.work);
    expect(test.world.hostKey).toBe(line);
  });

  it('goes over the console where the key of the person that began it opens the server no more', async () => {
    const test = await server(RECOVER, RECOVER);
    test.ownKey = true;
    const keep = test.world.recoverCertificate!;
    test.world.recoverCertificate = () => Promise.reject(new Error('the disk is full'));
    const stopped = recoverCertificate('fra1-edge', {}, test.work);
    await expect(stopped).rejects.toThrow('the disk is full');
    test.world.recoverCertificate = keep;
    test.ownKey = false;
    runsTheLine(test);
    await recoverCertificate('fra1-edge', {}, test.work);
    expect(await opens(test)).toBe(200);
    expect(await test.world.operations.list()).toEqual([]);
    test.face.finish();
  });

  it('says that nothing was done where Portlama is not installed', async () => {
    const test = await server(RECOVER);
    test.ownKey = true;
    const shell = await TestShell.open(here.sandbox, here.droplet);
    await shell.exec('rm -f /etc/portlama/panel.json');
    shell.close();
    await expect(recoverCertificate('fra1-edge', {}, test.work)).rejects.toMatchObject({
      code: 'reset-failed',
      message: expect.stringContaining('Cannot read config') as string,
    });
    expect(await ended(test)).toBeUndefined();
    expect(await opens(test)).toBe(200);
  });
});
