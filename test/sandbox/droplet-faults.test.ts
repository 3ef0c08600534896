import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import type { DropletFault } from '../../src/sandbox/faults/droplet-faults.js';
import { type Sandbox, startSandbox } from '../fixtures/open-sandbox.js';
import { connectProxyDial } from '../../src/services/network/dial.js';
import { connectSsh } from '../../src/services/ssh/connect.js';
import { checkedApi, dropletRequest } from './checked-api.js';
import {
  createInstalledDroplet,
  createTestDroplet,
  type TestDroplet,
  TestShell,
} from './droplet-fixture.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ delays: NO_DELAYS, restartSshDuringInstall: false });
});
afterEach(() => sandbox.close());

async function withFault(fault: DropletFault): Promise<TestDroplet> {
  sandbox.controls.addDropletFault(fault);
  return await createTestDroplet(sandbox);
}

/** What the program's own client makes of it: the code of its error, or what `true` returned. */
async function connect({ address, hostKey, key }: TestDroplet): Promise<string> {
  try {
    const connection = await connectSsh(
      {
        host: address,
        port: 22,
        username: 'root',
        privateKey: key.privateKey,
        hostKey: hostKey.publicKey,
        dial: connectProxyDial(sandbox.url),
      },
      { timeoutMs: 1000 },
    );
    try {
      const signal = AbortSignal.timeout(1000);
      return `true ${(await connection.exec('true', { signal })).exitCode}`;
    } finally {
      connection.close();
    }
  } catch (error) {
    const { code, name } = error as { code?: unknown; name: string };
    return typeof code === 'string' ? code : name;
  }
}

describe('faults before there is a connection', () => {
  it('a boot that never ends, a droplet that cannot be placed', async () => {
    const api = checkedApi(sandbox.url);
    sandbox.controls.addDropletFault({ kind: 'boot-never-ends' });
    const slow = (await api('POST', '/v2/droplets', dropletRequest())).body.droplet!.id;
    expect((await api('GET', `/v2/droplets/${slow}`)).body.droplet?.status).toBe('new');
    sandbox.controls.addDropletFault({ kind: 'placement-fails' });
    const lost = (await api('POST', '/v2/droplets', dropletRequest())).body.droplet!.id;
    expect((await api('GET', `/v2/droplets/${lost}`)).status).toBe(404);
  });

  it('are only for as many droplets as asked for', async () => {
    sandbox.controls.addDropletFault({ kind: 'sshd-never-comes' }, { droplets: 2 });
    const codes = [];
    for (let count = 0; count < 3; count++) {
      codes.push(await connect(await createTestDroplet(sandbox)));
    }
    expect(codes).toEqual(['connection-refused', 'connection-refused', 'true 0']);
  });
});

describe('faults of a connection', () => {
  it.each<[DropletFault, string]>([
    [{ kind: 'wrong-host-key' }, 'host-key-changed'],
    [{ kind: 'auth-refused' }, 'authentication-failed'],
    [{ kind: 'ssh-hangs', when: 'before-banner' }, 'connection-timeout'],
    [{ kind: 'ssh-hangs', when: 'after-login' }, 'TimeoutError'],
  ])('%j', async (fault, seen) => {
    const droplet = await withFault(fault);
    expect(await connect(droplet)).toBe(seen);
    sandbox.controls.clearFaults();
  });

  it('something else than SSH', async () => {
    const droplet = await withFault({ kind: 'ssh-garbage', connections: 1 });
    expect(await connect(droplet)).not.toBe('true 0');
    expect(await connect(droplet)).toBe('true 0');
  });

  it.each([0, 10, 500, 1500])('dropped after %i bytes, once', async (afterBytes) => {
    const droplet = await withFault({ kind: 'ssh-dropped', afterBytes, connections: 1 });
    expect(await connect(droplet)).toMatch(/^connection-/);
    expect(await connect(droplet)).toBe('true 0');
  });

  it('that comes later, to a droplet that exists', async () => {
    const droplet = await createTestDroplet(sandbox);
    sandbox.controls.addDropletFault({ kind: 'auth-refused' }, { dropletId: droplet.id });
    expect(await connect(droplet)).toBe('authentication-failed');
    sandbox.controls.clearFaults();
    expect(await connect(droplet)).toBe('true 0');
  });
});

describe('faults of the result', () => {
  const files = async (droplet: TestDroplet, name: string): Promise<string | undefined> => {
    const shell = await TestShell.open(sandbox, droplet);
    const { code, stdout } = await shell.exec(`cat /etc/portlama/pki/${name}`);
    shell.close();
    return code === 0 ? stdout : undefined;
  };

  it('no client.p12', async () => {
    sandbox.controls.addDropletFault({ kind: 'p12-missing' });
    const droplet = await createInstalledDroplet(sandbox);
    expect(await files(droplet, 'client.p12')).toBeUndefined();
    expect(await files(droplet, '.p12-password')).toBeDefined();
  });

  it('a password that does not fit', async () => {
    sandbox.controls.addDropletFault({ kind: 'p12-password-wrong' });
    const droplet = await createInstalledDroplet(sandbox);
    expect(await files(droplet, '.p12-password')).toBe('not-its-password');
  });

  it.each([
    ['panel-never-comes', 'absent'],
    ['panel-server-down', 'server-down'],
  ] as const)('%s', async (kind, panel) => {
    sandbox.controls.addDropletFault({ kind });
    const { id } = await createInstalledDroplet(sandbox);
    expect(sandbox.state().droplets.find((droplet) => droplet.id === id)?.panel).toBe(panel);
  });
});
