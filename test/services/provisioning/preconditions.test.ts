import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/time.js';
import type { FindPackage } from '../../../src/services/installer/find-package.js';
import { KeystoreError } from '../../../src/services/keystore/keystore.js';
import { createRegistry } from '../../../src/services/registry/registry-file.js';
import { type ProvisioningWorld, provisioningWorld } from '../../fixtures/provisioning.js';
import { type SmallDisk, smallDisk } from '../../fixtures/small-disk.js';

const DISK_KB = 256;
const LIST = `${JSON.stringify([{ id: 'kept', panelUrl: 'https://203.0.113.9:9292' }])} \n`;

/** A world whose home folder, but for the journal, is on this disk. */
async function worldOn(disk: SmallDisk): Promise<ProvisioningWorld> {
  const registry = createRegistry({ home: disk.path, clock: systemClock });
  return await provisioningWorld({ ports: { home: disk.path, registry } });
}

/** Refused in the first step, before DigitalOcean was asked for anything that would have to be removed. */
async function expectRefused(
  world: ProvisioningWorld,
  error: { readonly code: string; readonly message?: string },
): Promise<void> {
  expect(await world.run()).toBe('failed');
  const operation = await world.operation();
  expect(operation.error).toMatchObject({
    step: 'validate_token',
    code: error.code,
    message: expect.stringContaining(error.message ?? '') as string,
    hint: expect.stringMatching(/\.$/) as string,
  });
  expect(operation.rollback).toEqual([]);
  expect(world.created()).toEqual({ droplets: [], keys: [], tags: [] });
}

describe('before anything costs money', () => {
  it.each(['servers.json', 'servers.json.bak', 'servers'])(
    '%s as a symbolic link is refused',
    async (name) => {
      const world = await provisioningWorld();
      await writeFile(join(world.home, 'elsewhere'), '[]');
      if (name.endsWith('.bak')) await writeFile(join(world.home, 'servers.json'), '[]');
      await symlink(join(world.home, 'elsewhere'), join(world.home, name));
      await expectRefused(world, { code: 'symbolic-link', message: name });
      expect(await readFile(join(world.home, 'elsewhere'), 'utf8')).toBe('[]');
    },
  );

  it('a file in the place of the folder for certificates is refused', async () => {
    const world = await provisioningWorld();
    await writeFile(join(world.home, 'servers'), '');
    await expectRefused(world, { code: 'file-eexist', message: join(world.home, 'servers') });
  });

  it('a list of servers that is no file is refused', async () => {
    const world = await provisioningWorld();
    await mkdir(join(world.home, 'servers.json'));
    await expectRefused(world, { code: 'registry-unreadable' });
  });

  it('a list of servers that cannot be replaced is refused', async () => {
    const disk = await smallDisk(DISK_KB);
    await writeFile(join(disk.path, 'servers.json'), '[]');
    await disk.freeze('servers.json');
    await expectRefused(await worldOn(disk), { code: 'file-eperm', message: 'servers.json' });
  });

  it('a read-only home folder is refused', async () => {
    const disk = await smallDisk(DISK_KB);
    await writeFile(join(disk.path, 'servers.json'), '[]');
    await disk.setReadOnly(true);
    await expectRefused(await worldOn(disk), { code: 'file-erofs', message: 'read-only' });
  });

  it.each([0, 4096])('a disk with %i bytes left is refused', async (bytes) => {
    const disk = await smallDisk(DISK_KB);
    await disk.fill(bytes);
    await expectRefused(await worldOn(disk), { code: 'file-enospc', message: 'the disk is full' });
  });

  it('a credential store that refuses to write is refused', async () => {
    const world = await provisioningWorld();
    const failure = { code: 'store-failed', message: 'It is read-only.', hint: 'Repair it.' };
    world.keystore.failure = new KeystoreError(failure);
    await expectRefused(world, { code: 'store-failed' });
  });

  it.each([
    ['@lamalibre/create-portlama@9', 'has no version 9'],
    ['./gone.tgz', 'gone.tgz'],
  ])('an installer that is not there is refused: %s', async (installer, message) => {
    const findPackage: FindPackage = () =>
      Promise.resolve({
        kind: 'missing',
        registry: 'http://127.0.0.1:9/',
        what: 'It has no version 9',
      });
    const world = await provisioningWorld({ installer, ports: { findPackage } });
    await expectRefused(world, { code: 'installer-missing', message });
  });

  it('a registry that cannot be reached is only told', async () => {
    const findPackage: FindPackage = () =>
      Promise.resolve({
        kind: 'unknown',
        reason: 'http://127.0.0.1:9/ cannot be reached from here',
      });
    const world = await provisioningWorld({ ports: { findPackage } });
    expect(await world.run()).toBe('succeeded');
    expect(await world.records()).toContainEqual(
      expect.objectContaining({
        event: 'log',
        step: 'validate_token',
        text: 'warning: the installer @lamalibre/create-portlama was not looked up: http://127.0.0.1:9/ cannot be reached from here',
      }),
    );
  });

  it('the proof changes nothing and leaves nothing', async () => {
    const world = await provisioningWorld();
    await writeFile(join(world.home, 'servers.json'), LIST);
    await writeFile(join(world.home, 'servers.json.bak'), 'of before');
    const stop = new AbortController();
    world.ports.api.createSshKey = () => Promise.reject(new Error('far enough'));
    expect(await world.run(stop.signal)).toBe('failed');
    expect((await world.operation()).error?.step).toBe('upload_ssh_key');
    expect(await readFile(join(world.home, 'servers.json'), 'utf8')).toBe(LIST);
    expect(await readFile(join(world.home, 'servers.json.bak'), 'utf8')).toBe('of before');
    expect((await readdir(world.home)).toSorted()).toEqual([
      'operations',
      'servers',
      'servers.json',
      'servers.json.bak',
    ]);
    expect(await readdir(join(world.home, 'servers'))).toEqual([]);
  });
});
