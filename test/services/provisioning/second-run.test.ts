import { describe, expect, it } from 'vitest';
import type { DropletFaultInput } from '../../../src/sandbox/faults/droplet-faults.js';
import { provisioningWorld, type ProvisioningWorld } from '../../fixtures/provisioning.js';

async function worldWith(...faults: readonly DropletFaultInput[]): Promise<ProvisioningWorld> {
  const world = await provisioningWorld();
  for (const fault of faults) world.sandbox.controls.addDropletFault(fault);
  return world;
}

/** `check_panel failed`, …, of what comes after the installer has failed. */
async function decisions(world: ProvisioningWorld): Promise<string[]> {
  return (await world.records()).flatMap((record) =>
    record.event === 'substep' && /^(check_panel|repeat_install)$/.test(record.name)
      ? [`${record.name} ${record.status}`]
      : [],
  );
}

const CHECKED = ['check_panel running', 'check_panel failed'];
const REPEATED = ['repeat_install running', 'repeat_install complete'];

describe('an installer that fails', { timeout: 60_000 }, () => {
  it.each<[string, DropletFaultInput, string[]]>([
    [
      'with a panel that comes late',
      { kind: 'panel-slow', afterMs: 60 },
      [...CHECKED, ...REPEATED],
    ],
    [
      'with a panel that first never comes',
      { kind: 'panel-slow', runs: 1 },
      [...CHECKED, ...REPEATED],
    ],
    [
      'with a gatekeeper that comes late',
      { kind: 'gatekeeper-slow', afterMs: 0 },
      ['check_panel running', 'check_panel complete'],
    ],
    ['with a download', { kind: 'download-fails' }, REPEATED],
    [
      'with a download for the panel',
      { kind: 'download-fails', step: 'deploy_panel' },
      [...CHECKED, ...REPEATED],
    ],
  ])('%s is no reason to destroy the droplet', async (_what, fault, decided) => {
    const world = await worldWith(fault);
    expect(await world.run()).toBe('succeeded');
    expect(await decisions(world)).toEqual(decided);
    const { substeps, rollback } = await world.operation();
    expect(rollback).toEqual([]);
    expect(substeps.some(({ name }) => name === 'redeploy_panel')).toBe(false);
    expect(world.created().droplets).toHaveLength(1);
  });

  it.each<[string, DropletFaultInput, string[]]>([
    ['a panel that never comes', { kind: 'panel-slow' }, [...CHECKED, ...REPEATED, ...CHECKED]],
    ['downloads', { kind: 'download-fails', runs: 2 }, REPEATED],
  ])('twice, with %s, is rolled back', async (_what, fault, decided) => {
    const world = await worldWith(fault);
    expect(await world.run()).toBe('failed');
    expect((await world.operation()).error?.step).toBe('install_portlama');
    expect(await decisions(world)).toEqual(decided);
    expect(world.created().droplets).toEqual([]);
  });

  it('for another reason is rolled back without a second run', async () => {
    const message = 'ufw refused';
    const world = await worldWith({ kind: 'install-fails', step: 'harden_system', message });
    expect(await world.run()).toBe('failed');
    expect(await decisions(world)).toEqual([]);
  });

  it('gets one second run, although the connection drops all the time', async () => {
    const world = await worldWith(
      { kind: 'panel-slow', afterMs: 60 },
      { kind: 'ssh-dropped', afterBytes: 9000, connections: 8 },
    );
    expect(await world.run()).toBe('succeeded');
    expect(await decisions(world)).toEqual([...CHECKED, ...REPEATED]);
  });
});
