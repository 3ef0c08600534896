import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHealthCheck } from '../../../src/services/health/panel-health-check.js';
import { p12PasswordKey } from '../../../src/services/keystore/keystore.js';
import type { ProvisioningPorts } from '../../../src/services/provisioning/worker/step.js';
import { removeServerIdentity } from '../../../src/services/keychain/server-identity.js';
import { fakeMac, type FakeMac } from '../../fixtures/keychain/fake-mac.js';
import { makePanelPki } from '../../fixtures/nginx/pki.js';
import { provisioningWorld, type ProvisioningWorld } from '../../fixtures/provisioning.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { ProcessWatch, secretsIn, filesWith } from '../../leaks/watch.js';

/** A Mac that provisions in the sandbox. Its curl goes the sandbox's way: through the CONNECT proxy. */
async function macWorld(): Promise<{ world: ProvisioningWorld; mac: FakeMac }> {
  const world = await provisioningWorld();
  const mac = await fakeMac({ curlProxy: world.sandbox.url });
  (world.ports as { keychain?: ProvisioningPorts['keychain'] }).keychain = mac.keychain;
  return { world, mac };
}

const serverFiles = async ({ home, request }: ProvisioningWorld): Promise<string[]> =>
  (await readdir(join(home, 'servers', request.serverId)).catch((): string[] => [])).sort();
const logOf = async (world: ProvisioningWorld): Promise<string> =>
  (await world.records()).flatMap((each) => (each.event === 'log' ? [each.text] : [])).join('\n');

describe('a provisioning on a Mac', () => {
  it('ends with the key in the login keychain alone, and opens the panel with it', async () => {
    const { world, mac } = await macWorld();
    expect(await world.run()).toBe('succeeded');
    const [server] = await world.ports.registry.list();
    expect(server).toMatchObject({ authMethod: 'keychain', keychainIdentity: 'admin' });
    expect(server).not.toHaveProperty('p12Path');
    expect(await mac.identities()).toHaveLength(1);
    expect(await serverFiles(world)).toEqual([
      'client.pem',
      'host-key.pub',
      'meta.json',
      'panel.pem',
    ]);
    expect([...world.keystore.secrets.keys()]).toEqual([]);
    expect(await mac.curlCalls()).toHaveLength(1);

    const { home, ports } = world;
    const health = createHealthCheck({ ...ports, home, keychain: mac.keychain });
    onTestFinished(() => health.dispose());
    const signal = new AbortController().signal;
    expect(await health.check(server!, { signal, fresh: true })).toMatchObject({ state: 'online' });

    expect(await removeServerIdentity(mac.keychain, home, server!)).toBe(true);
    expect(await mac.identities()).toEqual([]);
    expect(await health.check(server!, { signal, fresh: false })).toMatchObject({
      state: 'certificate-needed',
      reason: expect.stringContaining('not in the keychain any more'),
    });
  });

  it('shows no secret in any argument but the one-time password, and leaves none in a file', async () => {
    const { world, mac } = await macWorld();
    const watch = new ProcessWatch(mac.homeFolder.replace(/\/home$/, ''));
    onTestFinished(() => watch.stop());
    await world.run();
    watch.stop();
    const { service, account } = p12PasswordKey(world.request.serverId);
    const secrets = new Map([
      ['token', world.token],
      ['p12 password', world.keystore.everHeld.get(`${service} ${account}`)!],
      ...[...world.keystore.everHeld].map(([key, value]) => [key, value] as const),
    ]);
    const calls = await mac.calls();
    const curlCalls = await mac.curlCalls();
    for (const { argv } of [...calls, ...curlCalls])
      expect(secretsIn(argv.join(' '), secrets)).toEqual([]);
    expect(curlCalls.map(({ config }) => secretsIn(config, secrets))).toEqual([[]]);
    const seen = [...watch.seen.values()];
    expect(seen.length).toBeGreaterThan(0);
    for (const { commandLine, environment } of seen)
      expect(secretsIn(commandLine + environment, secrets)).toEqual([]);
    const oneTime = calls.flatMap(({ argv }) =>
      argv[0] === 'import' ? [argv[argv.indexOf('-P') + 1]!] : [],
    );
    expect(oneTime).toEqual([expect.stringMatching(/^[0-9a-f]{48}$/)]);
    expect(await filesWith(world.home, new Map([...secrets, ['one-time', oneTime[0]!]]))).toEqual(
      [],
    );
    const names = await readdir(world.home, { recursive: true });
    expect(names.filter((name) => /p12|\.tmp$/.test(name))).toEqual([]);
  });

  it('is refused before anything exists when the keychain is locked', async () => {
    const { world, mac } = await macWorld();
    await mac.behave('locked');
    expect(await world.run()).toBe('failed');
    expect((await world.operation()).error).toMatchObject({
      step: 'validate_token',
      code: 'keychain-locked',
    });
    expect(world.created().droplets).toEqual([]);
  });
});

describe('a Mac whose keychain does not serve', () => {
  it('keeps the file when another identity has the same name, and says so', async () => {
    const { world, mac } = await macWorld();
    const other = await mac.keychain.add(await makePanelPki(), { folder: await temporaryFolder() });
    expect(await world.run()).toBe('succeeded');
    const [server] = await world.ports.registry.list();
    expect(server).toMatchObject({ authMethod: 'p12' });
    expect(await serverFiles(world)).toContain('client.p12');
    expect(await logOf(world)).toContain('another identity called admin');
    expect(await mac.identities()).toEqual([other.sha1]);
  });

  it('keeps the file when its curl has no Secure Transport', async () => {
    const { world, mac } = await macWorld();
    await mac.behave('no-secure-transport');
    expect(await world.run()).toBe('succeeded');
    expect((await world.ports.registry.list())[0]).toMatchObject({ authMethod: 'p12' });
    expect(await logOf(world)).toContain('no Secure Transport');
    expect(await mac.identities()).toEqual([]);
  });
});

describe('a worker that was killed while it enrolled', () => {
  /** Runs up to the moment, from which on that worker does nothing any more. */
  async function killed(where: 'after the import' | 'after the file was wiped') {
    const { world, mac } = await macWorld();
    const { keychain } = mac;
    const { keystore, request } = world;
    const { account } = p12PasswordKey(request.serverId);
    const [add, remove] = [keychain.add.bind(keychain), keystore.delete.bind(keystore)];
    await new Promise<void>((dies) => {
      const never = async <T>(): Promise<T> => {
        dies();
        return await new Promise<T>(() => {});
      };
      keychain.add = async (...args) => {
        const identity = await add(...args);
        return where === 'after the import' ? await never() : identity;
      };
      keystore.delete = async (key) => {
        const found = await remove(key);
        return key.account === account ? await never() : found;
      };
      void world.run();
    });
    Object.assign(keychain, { add });
    Object.assign(keystore, { delete: remove });
    return { world, mac };
  }

  it.each(['after the import', 'after the file was wiped'] as const)(
    'goes on with the identity that is there: %s',
    async (where) => {
      const { world, mac } = await killed(where);
      expect(await world.run()).toBe('succeeded');
      expect((await world.ports.registry.list())[0]).toMatchObject({ authMethod: 'keychain' });
      expect((await mac.calls()).filter(({ argv }) => argv[0] === 'import')).toHaveLength(1);
      expect(await serverFiles(world)).not.toContain('client.p12');
      const { service, account } = p12PasswordKey(world.request.serverId);
      expect(world.keystore.secrets.has(`${service} ${account}`)).toBe(false);
    },
  );

  it.each(['after the import', 'after the file was wiped'] as const)(
    'is cleaned up without anything left: %s',
    async (where) => {
      const { world, mac } = await killed(where);
      expect(await world.cleanUp()).toBe('failed');
      expect(await mac.identities()).toEqual([]);
      expect(await serverFiles(world)).toEqual([]);
      expect(world.created()).toMatchObject({ droplets: [], keys: [] });
    },
  );

  it('names the identity as left over while the keychain keeps it, and removes it later', async () => {
    const { world, mac } = await killed('after the import');
    await mac.behave('delete-fails');
    expect(await world.cleanUp()).toBe('failed-with-leftovers');
    const [sha1] = await mac.identities();
    expect((await world.operation()).leftovers).toEqual([
      {
        kind: 'keychain-identity',
        id: `admin ${sha1}`,
        monthlyUsd: 0,
        removeBy: `Delete it: security delete-identity -Z ${sha1}`,
      },
    ]);
    await mac.behave('open');
    expect(await world.cleanUp()).toBe('failed');
    expect(await mac.identities()).toEqual([]);
  });
});
