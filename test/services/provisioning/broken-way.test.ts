import { aftermathOf, failureWayOut } from '../../../src/words/errors.js';
import { hintText } from '../../../src/words/hints.js';
import { describe, expect, it } from 'vitest';
import { NO_DELAYS } from '../../fixtures/no-delays.js';
import type { JournalEntry } from '../../../src/services/provisioning/journal/records.js';
import { requireResumable } from '../../../src/services/provisioning/worker/resumable.js';
import { type ProvisioningWorld, provisioningWorld } from '../../fixtures/provisioning.js';

const DELAYS = { ...NO_DELAYS, install: { ...NO_DELAYS.install, deploy_panel: 500 } };
const DEPLOYING = { event: 'substep', name: 'deploy_panel', status: 'running' };
const ENROLLING = { event: 'step', step: 'enroll_admin', status: 'running' };
const RETRIEVING = { event: 'step', step: 'retrieve_credentials', status: 'running' };

/** Something happens to the way to the droplet at the first record like this. */
async function whenAt(
  place: object,
  happens: (world: ProvisioningWorld, id: number) => void,
): Promise<ProvisioningWorld> {
  let isDone = false;
  const isAt = (entry: JournalEntry): boolean =>
    Object.entries(place).every(([name, value]) => Reflect.get(entry, name) === value);
  const world: ProvisioningWorld = await provisioningWorld({
    sandbox: { delays: DELAYS },
    onEntry: (entry) => {
      if (isDone || !isAt(entry)) return;
      isDone = true;
      happens(world, world.created().droplets[0]!.id);
    },
  });
  return world;
}

const cut =
  (port: number, code: 'ECONNREFUSED' | 'ETIMEDOUT' | 'ENETUNREACH') =>
  ({ sandbox }: ProvisioningWorld, id: number): void => {
    const match = { method: 'CONNECT', path: `*:${port}` };
    sandbox.controls.addFault({ kind: 'unreachable', code, match, times: 'forever' });
    sandbox.controls.dropConnections(id);
  };

/** The droplet is as it was, it costs money, and that is said; nothing of it was removed. */
async function expectResumable(world: ProvisioningWorld, step: string): Promise<void> {
  const operation = await world.operation();
  expect(operation).toMatchObject({ status: 'interrupted', cleanUpBegun: false, leftovers: [] });
  expect(operation.error?.step).toBe(step);
  const wayOut = failureWayOut(operation.error!, operation.request, aftermathOf(operation)!);
  expect(hintText(wayOut, { sandbox: false })).toContain('Nothing was removed');
  expect(() => requireResumable(operation, operation.id)).not.toThrow();
  expect(world.created().droplets).toHaveLength(1);
  expect((await world.records()).filter(({ event }) => event === 'rollback')).toEqual([]);
}

describe('an installation to which the way is broken', () => {
  it('for longer than SSH is tried elsewhere is waited for', async () => {
    const world = await whenAt(DEPLOYING, ({ sandbox, ports }, id) =>
      sandbox.controls.refuseSsh(id, (ports.timing.sshMs * 320) / 300),
    );
    expect(await world.run()).toBe('succeeded');
    expect(world.created().droplets).toHaveLength(1);
  });

  it.each([
    ['install_portlama', DEPLOYING, cut(22, 'ECONNREFUSED')],
    ['install_portlama', DEPLOYING, cut(22, 'ENETUNREACH')],
    ['retrieve_credentials', RETRIEVING, cut(22, 'ECONNREFUSED')],
    ['enroll_admin', ENROLLING, cut(9292, 'ETIMEDOUT')],
    ['enroll_admin', ENROLLING, cut(9292, 'ENETUNREACH')],
  ] as const)(
    'for ever is interrupted, destroys nothing, and is resumed: %s',
    async (step, place, happens) => {
      const world = await whenAt(place, happens);
      expect(await world.run()).toBe('interrupted');
      await expectResumable(world, step);
      world.sandbox.controls.clearFaults();
      expect(await world.run()).toBe('succeeded');
      expect(await world.operation()).toMatchObject({ error: undefined, leftovers: [] });
      expect(world.created().droplets).toHaveLength(1);
    },
    30_000,
  );

  it('and is cancelled meanwhile is cleaned up', async () => {
    const abort = new AbortController();
    const world = await whenAt(DEPLOYING, (each, id) => {
      cut(22, 'ECONNREFUSED')(each, id);
      setTimeout(() => abort.abort(), 500);
    });
    expect(await world.run(abort.signal)).toBe('failed');
    expect(world.created().droplets).toEqual([]);
  });

  it('and was interrupted can be cleaned up', async () => {
    const world = await whenAt(RETRIEVING, cut(22, 'ECONNREFUSED'));
    expect(await world.run()).toBe('interrupted');
    expect(await world.cleanUp()).toBe('failed');
    expect(world.created()).toMatchObject({ droplets: [], keys: [] });
    expect([...world.keystore.secrets.keys()]).toEqual([]);
  });
});
