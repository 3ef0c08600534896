import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import type { Snapshot } from '../../src/services/digitalocean/api.js';
import { doctorView } from '../../src/screens/overlays/doctor.js';
import { adviceLines } from '../../src/usecases/advice.js';
import { checkCloud } from '../../src/usecases/doctor/cloud.js';
import { plain } from '../../src/widgets/markup.js';
import { findForgotten, forgottenAdvice } from '../../src/usecases/forgotten.js';
import { listDroplets } from '../../src/usecases/list-droplets.js';
import { dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE } from '../app/fakes/fake-world.js';
import { type TestWork, testWork } from './work.js';

const ID = Number(EDGE.providerId);
const MANAGED = new Set([ID]);

function snapshot(id: string, name: string, dropletId: number): Snapshot {
  return { id, name, dropletId, sizeGb: 2.34, tags: [] };
}

function world(): TestWork {
  const test = testWork({ servers: [EDGE], suppliedTokens: { environment: SANDBOX_TOKEN } });
  test.world.addDroplet(dropletOf(EDGE));
  return test;
}

describe('what was forgotten', () => {
  it('are snapshots of managed droplets, and addresses that no droplet has', async () => {
    const { work, world: account } = world();
    account.account.snapshots = [
      snapshot('1', 'before the update', ID),
      snapshot('2', 'portlama-old-1732812345678', 5),
      snapshot('3', 'shop-1732812345678', 6),
    ];
    account.account.reserved = [
      { ip: '203.0.113.9', regionSlug: 'fra1', dropletId: undefined },
      { ip: '203.0.113.8', regionSlug: 'fra1', dropletId: 6 },
    ];
    const { forgotten } = await listDroplets(work);
    const advice = forgottenAdvice(forgotten, MANAGED);
    expect(advice.map(({ text }) => text)).toEqual([
      `snapshot before the update of droplet ${ID}, 2.34 GB, is billed as long as it exists`,
      'snapshot portlama-old-1732812345678 of a droplet that is gone, 2.34 GB, is billed as long as it exists',
      'reserved address 203.0.113.9 in fra1 is not assigned to a droplet and is still billed',
    ]);
    // A price that the API does not say is not made up.
    expect(JSON.stringify(advice)).not.toContain('$');
    expect(advice.map(({ todo }) => JSON.stringify(todo[0]))).toEqual([
      expect.stringContaining('/images/snapshots/droplets'),
      expect.stringContaining('/images/snapshots/droplets'),
      expect.stringContaining('/networking/reserved_ips'),
    ]);
  });

  it('leads to the page that removes it, from the prompt and from the screen', async () => {
    const { work, world: account } = world();
    account.account.snapshots = [snapshot('1', 'before the update', ID)];
    account.account.reserved = [{ ip: '203.0.113.9', regionSlug: 'fra1', dropletId: undefined }];
    const { forgotten } = await listDroplets(work);
    const prompt = forgottenAdvice(forgotten, MANAGED).flatMap((advice) =>
      adviceLines(advice, { sandbox: false }),
    );
    const { rows } = doctorView(await checkCloud(work), false, { sandbox: false });
    const screen = rows.flatMap(({ value }) => [value].flat().map(plain));
    for (const lines of [prompt.join('\n'), screen.join('\n')]) {
      expect(lines).toContain('snapshot before the update');
      expect(lines).toContain('https://cloud.digitalocean.com/images/snapshots/droplets');
      expect(lines).toContain('reserved address 203.0.113.9');
      expect(lines).toContain('https://cloud.digitalocean.com/networking/reserved_ips');
    }
  });

  it('is nothing where the token may not look', async () => {
    const { work } = world();
    const api = work.createApi(SANDBOX_TOKEN);
    expect(await findForgotten(api, MANAGED, work.signal)).toEqual({
      snapshots: [],
      addresses: [],
      problems: [],
    });
  });

  it('is said to be unknown where DigitalOcean fails', async () => {
    const { work, world: account } = world();
    const api = work.createApi(SANDBOX_TOKEN);
    account.account.failure = new Error('DigitalOcean failed with 500.');
    const found = await findForgotten(api, MANAGED, work.signal);
    expect(forgottenAdvice(found, MANAGED).map(({ text }) => text)).toEqual([
      'DigitalOcean failed with 500.',
      'DigitalOcean failed with 500.',
    ]);
  });
});
