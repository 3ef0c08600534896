import { DEFAULT_SIZE } from '../../src/core/product.js';
import { appendFile, truncate } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { journalPath } from '../../src/services/provisioning/journal/journal.js';
import { findUnlistedDroplet } from '../../src/services/provisioning/droplets/unlisted.js';
import { createDigitalOcean } from '../../src/services/digitalocean/client.js';
import { systemClock } from '../../src/core/time.js';
import { openCrashWorld } from './crash/crash-world.js';
import { checkNothingLeft } from './crash/verdict.js';

const LIMIT_MS = 120_000;

function substeps(count: number): string {
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      at: 1,
      event: 'substep',
      step: 'install_portlama',
      name: `step_${index}`,
      status: 'running',
      offset: index,
    }),
  );
  return `${lines.join('\n')}\n`;
}

/** What earlier versions let a droplet write into a journal, and what a disk may make of one. */
const JOURNALS: readonly (readonly [what: string, spoil: (path: string) => Promise<void>])[] = [
  ['40,000 different steps', (path) => appendFile(path, substeps(40_000))],
  [
    'a line longer than a text can be',
    async (path) => {
      await truncate(path, 600 * 1024 * 1024);
      await appendFile(path, '\n');
    },
  ],
  ['records without their parts', (path) => appendFile(path, '{"at":1,"event":"complete"}\n')],
];

describe.each(JOURNALS)('a journal with %s', { timeout: LIMIT_MS }, (_what, spoil) => {
  it('is listed, tells unlisted droplets from its droplet, and is cleaned up', async () => {
    const world = await openCrashWorld();
    onTestFinished(() => world.close());
    const { operations, registry } = world;
    world.crashAt = '"step":"wait_droplet","status":"running" after';
    const id = await operations.start(
      { region: 'fra1', label: 'edge', size: DEFAULT_SIZE },
      SANDBOX_TOKEN,
    );
    await world.workerEnd();
    world.crashAt = undefined;
    await spoil(journalPath(world.home, id));
    expect(await operations.list()).toMatchObject([{ id, status: 'interrupted' }]);
    const [droplet] = world.droplets();
    const api = createDigitalOcean({
      baseUrl: world.sandbox.url,
      token: SANDBOX_TOKEN,
      clock: systemClock,
    });
    const findIt = (): Promise<unknown> =>
      findUnlistedDroplet(droplet!.id, api, registry, operations).catch(({ code }) => code);
    await expect.poll(findIt, { timeout: 20_000 }).toBe('operation-unfinished');
    await operations.cancel(id, SANDBOX_TOKEN);
    expect(await world.workerEnd()).toBe('');
    expect(await operations.get(id)).toMatchObject({ status: 'failed', leftovers: [] });
    expect(await operations.list()).toMatchObject([{ id, status: 'failed' }]);
    expect(await checkNothingLeft(world)).toEqual([]);
  });
});
