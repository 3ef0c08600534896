import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { ApiFaultInput } from '../../../src/sandbox/faults/api-faults.js';
import type { DropletFault } from '../../../src/sandbox/faults/droplet-faults.js';
import { NO_DELAYS } from '../../fixtures/no-delays.js';
import type { SandboxOptions } from '../../fixtures/open-sandbox.js';
import { SANDBOX_TOKENS } from '../../../src/sandbox/tokens.js';
import { KeystoreError } from '../../../src/services/keystore/keystore.js';
import { readP12 } from '../../../src/services/panel/identity.js';
import type { StepId } from '../../../src/services/provisioning/steps/index.js';
import { filesWith } from '../../leaks/watch.js';
import { type ProvisioningWorld, provisioningWorld } from '../../fixtures/provisioning.js';

/** Nothing in the account, the store or the home folder but the journal, and no running cost. */
async function expectNothingLeft(world: ProvisioningWorld): Promise<void> {
  const { droplets, keys, tags } = world.created();
  expect({ droplets, keys, tags: tags.filter((tag) => tag.name !== 'portlama:managed') }).toEqual({
    droplets: [],
    keys: [],
    tags: [],
  });
  expect([...world.keystore.secrets.keys()]).toEqual([]);
  expect(await world.ports.registry.list()).toEqual([]);
  expect(await filesWith(world.home, plantedSecrets(world))).toEqual([]);
  const files = await readdir(world.home, { recursive: true });
  expect(
    files.filter((file) => !file.startsWith('operations') && !file.startsWith('servers.json')),
  ).toEqual(files.includes('servers') ? ['servers'] : []);
}

/** The token and all that was ever in the store; of the operation's entry, its two keys. */
function plantedSecrets({ keystore, token }: ProvisioningWorld): Map<string, string> {
  const secrets = new Map([['token', token]]);
  for (const [name, secret] of keystore.everHeld) {
    if (!name.startsWith('com.portlama.operation')) secrets.set(name, secret);
    else
      for (const key of Object.values(JSON.parse(secret) as Record<string, string>))
        secrets.set(`${name} ${secrets.size}`, key);
  }
  return secrets;
}

interface Failure {
  readonly step: StepId;
  readonly code: string;
  readonly token?: string;
  readonly sandbox?: SandboxOptions;
  readonly api?: ApiFaultInput;
  readonly droplet?: DropletFault;
  readonly prepare?: (world: ProvisioningWorld) => void;
}

const refused = { status: 422, id: 'unprocessable_entity' } as const;

const FAILURES: readonly (readonly [name: string, failure: Failure])[] = [
  [
    'a token without scopes',
    {
      step: 'validate_token',
      code: 'token-scopes-missing',
      token: SANDBOX_TOKENS.missingScopes.token,
    },
  ],
  [
    'a credential store that is not there',
    {
      step: 'validate_token',
      code: 'no-secret-service',
      prepare: (world) => {
        world.keystore.failure = new KeystoreError({
          code: 'no-secret-service',
          message: 'No store.',
          hint: 'Start one.',
        });
      },
    },
  ],
  [
    'a store that loses the key',
    {
      step: 'generate_ssh_key',
      code: 'operation-key-missing',
      prepare: (world) => {
        world.keystore.set = () => Promise.resolve();
      },
    },
  ],
  [
    'a key that is refused',
    {
      step: 'upload_ssh_key',
      code: 'ssh-key-invalid',
      api: {
        kind: 'sample',
        sample: 'error-422-ssh-key-invalid',
        match: { method: 'POST', path: '/v2/account/keys' },
      },
    },
  ],
  [
    'an account that is full',
    {
      step: 'create_droplet',
      code: 'droplet-limit',
      api: {
        kind: 'status',
        ...refused,
        message: 'creating this/these droplet(s) will exceed your droplet limit',
        match: { method: 'POST', path: '/v2/droplets' },
      },
    },
  ],
  [
    'a droplet that boots too late',
    {
      step: 'wait_droplet',
      code: 'boot-timeout',
      sandbox: { delays: { ...NO_DELAYS, bootMs: 4000 } },
    },
  ],
  [
    'a droplet that cannot be placed',
    { step: 'wait_droplet', code: 'droplet-vanished', droplet: { kind: 'placement-fails' } },
  ],
  [
    'another host key',
    { step: 'wait_ssh', code: 'host-key-changed', droplet: { kind: 'wrong-host-key' } },
  ],
  [
    'no sshd',
    { step: 'wait_ssh', code: 'connection-refused', droplet: { kind: 'sshd-never-comes' } },
  ],
  [
    'an installer that fails',
    {
      step: 'install_portlama',
      code: 'install-failed',
      droplet: {
        kind: 'install-fails',
        step: 'deploy_panel',
        message: 'npm registry is not reachable',
      },
    },
  ],
  [
    'too little memory',
    { step: 'install_portlama', code: 'out-of-memory', droplet: { kind: 'out-of-memory' } },
  ],
  [
    'a certificate that is not there',
    { step: 'retrieve_credentials', code: 'file-missing', droplet: { kind: 'p12-missing' } },
  ],
  [
    'a wrong certificate password',
    {
      step: 'retrieve_credentials',
      code: 'p12-wrong-password',
      droplet: { kind: 'p12-password-wrong' },
    },
  ],
  [
    'no panel',
    { step: 'enroll_admin', code: 'panel-refused', droplet: { kind: 'panel-never-comes' } },
  ],
  [
    'a registry that cannot be written',
    {
      step: 'save_registry',
      code: 'unexpected',
      prepare: (world) => {
        world.ports.registry.save = () => Promise.reject(new Error('disk full'));
      },
    },
  ],
];

describe('a provisioning that fails', () => {
  it.each(FAILURES)('because of %s leaves nothing behind and says why', async (_name, failure) => {
    const world = await provisioningWorld({ token: failure.token, sandbox: failure.sandbox });
    failure.prepare?.(world);
    if (failure.api !== undefined) world.sandbox.controls.addFault(failure.api);
    if (failure.droplet !== undefined) world.sandbox.controls.addDropletFault(failure.droplet);
    expect(await world.run()).toBe('failed');
    const operation = await world.operation();
    expect(operation.error).toMatchObject({ step: failure.step, code: failure.code });
    expect(operation).toMatchObject({ status: 'failed', leftovers: [], server: undefined });
    await expectNothingLeft(world);
  });

  it('keeps a certificate only with the password that opens it, and has a stale pair made anew', async () => {
    const password = 'com.portlama.server 7f9c24e8-3b13-4f2a-9d5e-0a1b2c3d4e5f';
    const kept: string[] = [];
    const world: ProvisioningWorld = await provisioningWorld({
      // As a rotation leaves it: the file is of another certificate than the password beside it.
      onEntry: (entry) => {
        const isRetrieving = entry.event === 'step' && entry.step === 'retrieve_credentials';
        if (isRetrieving && entry.status === 'running') world.sandbox.controls.clearFaults();
      },
    });
    world.sandbox.controls.addDropletFault({ kind: 'p12-password-wrong' });
    const set = world.keystore.set.bind(world.keystore);
    world.keystore.set = (key, secret) => {
      if (`${key.service} ${key.account}` === password) kept.push(secret);
      return set(key, secret);
    };
    expect(await world.run()).toBe('succeeded');
    expect(kept).toHaveLength(1);
    const { p12Path } = await world.output('retrieve_credentials');
    await expect(readP12(await readFile(p12Path), kept[0]!)).resolves.toMatchObject({
      subject: expect.stringContaining('CN=admin') as string,
    });
    expect(world.created().droplets).toHaveLength(1);
  });

  it('shows the installer’s own message', async () => {
    const world = await provisioningWorld();
    const message = 'Could not fetch @lamalibre/panel';
    world.sandbox.controls.addDropletFault({
      kind: 'install-fails',
      step: 'deploy_panel',
      message,
    });
    await world.run();
    expect((await world.operation()).error?.message).toContain(message);
  });

  it('names exactly what it could not remove, with its cost and how to', async () => {
    const world = await provisioningWorld();
    world.sandbox.controls.addDropletFault({ kind: 'wrong-host-key' });
    world.sandbox.controls.addFault({
      kind: 'status',
      status: 403,
      match: { method: 'DELETE', path: '/v2/droplets/*' },
      times: 'forever',
    });
    expect(await world.run()).toBe('failed-with-leftovers');
    const [droplet] = world.created().droplets;
    const { leftovers, status } = await world.operation();
    expect(status).toBe('failed-with-leftovers');
    expect(leftovers).toMatchObject([
      { kind: 'droplet', id: String(droplet?.id), monthlyUsd: 4 },
      // Without it the droplet could not be told from others any more.
      { kind: 'tag', id: `portlama:op:${world.request.id}`, monthlyUsd: 0 },
    ]);
    expect(leftovers[0]?.removeBy).toContain(String(droplet?.id));

    world.sandbox.controls.clearFaults();
    expect(await world.cleanUp()).toBe('failed');
    await expectNothingLeft(world);
  });

  it('names a droplet that DigitalOcean never finishes, since it cannot be deleted before', async () => {
    const world = await provisioningWorld();
    world.sandbox.controls.addDropletFault({ kind: 'boot-never-ends' });
    expect(await world.run()).toBe('failed-with-leftovers');
    const [droplet] = world.created().droplets;
    expect((await world.operation()).leftovers).toMatchObject([
      { kind: 'droplet', id: String(droplet?.id) },
      { kind: 'tag' },
    ]);
    expect(world.created().keys).toEqual([]);
    expect([...world.keystore.secrets.keys()]).toEqual([]);
  });

  it('never destroys a droplet that lost the managed tag', async () => {
    const world = await provisioningWorld();
    world.sandbox.controls.addDropletFault({ kind: 'sshd-never-comes' });
    const abort = new AbortController();
    const running = world.run(abort.signal);
    await expect
      .poll(async () =>
        (await world.records()).some(
          (record) => record.event === 'step' && record.step === 'wait_droplet',
        ),
      )
      .toBe(true);
    const [droplet] = world.created().droplets;
    world.sandbox.controls.removeTag(droplet!.id, 'portlama:managed');
    abort.abort();
    expect(await running).toBe('failed-with-leftovers');
    expect(world.created().droplets).toHaveLength(1);
    expect((await world.operation()).leftovers).toMatchObject([
      { kind: 'droplet', id: String(droplet?.id) },
      { kind: 'tag' },
    ]);
  });

  it('never takes a droplet of the same name for its own', async () => {
    const world = await provisioningWorld();
    const foreign = world.sandbox.controls.addUnlisted({
      name: 'portlama-fra1-edge',
      tags: ['portlama:managed', 'portlama:op:fedcba9876543210'],
    });
    const match = { method: 'POST', path: '/v2/droplets' };
    world.sandbox.controls.addFault({ kind: 'reset', match });
    world.sandbox.controls.addDropletFault({ kind: 'wrong-host-key' });
    expect(await world.run()).toBe('failed');
    expect((await world.output('create_droplet')).dropletId).not.toBe(foreign);
    expect(world.created().droplets).toMatchObject([{ id: foreign }]);
  });
});

describe('a provisioning that is cancelled', () => {
  it('removes what it made', async () => {
    const world = await provisioningWorld();
    world.sandbox.controls.addDropletFault({ kind: 'sshd-never-comes' });
    const abort = new AbortController();
    const running = world.run(abort.signal);
    await expect.poll(() => world.created().droplets.length).toBe(1);
    abort.abort();
    expect(await running).toBe('failed');
    expect(await world.operation()).toMatchObject({
      cancelled: true,
      error: { code: 'cancelled' },
    });
    await expectNothingLeft(world);
  });
});

describe('a create request whose answer is lost', () => {
  it.each([
    ['after DigitalOcean acted', { acts: true }],
    ['before DigitalOcean acted', { acts: false }],
  ])('%s ends with one droplet, online', async (_name, { acts }) => {
    const world = await provisioningWorld();
    world.sandbox.controls.addFault({
      kind: 'reset',
      acts,
      match: { method: 'POST', path: '/v2/droplets' },
    });
    expect(await world.run()).toBe('succeeded');
    expect(world.created().droplets).toHaveLength(1);
  });

  it.each([true, false])('is no trouble for the key either (acted: %s)', async (acts) => {
    const world = await provisioningWorld();
    world.sandbox.controls.addFault({
      kind: 'html',
      acts,
      match: { method: 'POST', path: '/v2/account/keys' },
    });
    expect(await world.run()).toBe('succeeded');
    expect(world.created().keys).toEqual([]);
  });
});
