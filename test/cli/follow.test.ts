import { describe, expect, it } from 'vitest';
import { followToEnd } from '../../src/cli/follow.js';
import type { Settings } from '../../src/cli/settings.js';
import type { World } from '../../src/main/world.js';
import type { JournalEntry } from '../../src/services/provisioning/journal/records.js';
import { FakeOperations } from '../app/fakes/fake-operations.js';
import { StillClock } from '../app/fakes/still-clock.js';

const COMPLETE: JournalEntry = {
  event: 'complete',
  server: {
    id: 'server-1',
    label: 'edge',
    panelUrl: 'https://203.0.113.50:9292',
    ip: '203.0.113.50',
    region: 'fra1',
    providerId: '312876543',
  },
  leftovers: [],
};
const CLEANS_UP: JournalEntry = { event: 'worker', pid: 4712, startedAt: '2', mode: 'cleanup' };

function following(): { operations: FakeOperations; id: string; end: Promise<number> } {
  const operations = new FakeOperations(new StillClock());
  const id = operations.add({ label: 'edge', region: 'fra1' });
  const settings = { sandbox: false, ascii: true } as Settings;
  const world = { operations, settings } as unknown as World;
  return { operations, id, end: followToEnd(world, id, { format: 'plain', foreground: false }) };
}

describe('following an operation', () => {
  it('ends with 0 at its end, once the server is online', async () => {
    const { operations, id, end } = following();
    operations.write(id, COMPLETE);
    expect(await end).toBe(0);
  });

  it('waits for the end of a later clean-up, and ends with 1 when its worker is killed', async () => {
    const { operations, id, end } = following();
    operations.write(id, COMPLETE, CLEANS_UP);
    operations.killWorker(id);
    expect(await end).toBe(1);
  });
});
