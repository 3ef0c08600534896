import { DEFAULT_SIZE } from '../../src/core/product.js';
import { appendFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { journalPath } from '../../src/services/provisioning/journal/journal.js';
import { findUnlistedDroplet } from '../../src/services/provisioning/droplets/unlisted.js';
import { createDigitalOcean } from '../../src/services/digitalocean/client.js';
import { systemClock } from '../../src/core/time.js';
import { DOMAIN } from '../contract/panel-world.js';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { readJournal } from '../fixtures/read-journal.js';
import { type CrashWorld, openCrashWorld } from './crash/crash-world.js';
import { inWorld, repeatOnboarding, workOf } from './crash/upkeep.js';
import { checkNothingLeft, checkOnline } from './crash/verdict.js';

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

/** What a person, a clean-up or a full disk does to the journal of a worker. */
const LOSSES: readonly (readonly [what: string, lose: (path: string) => Promise<void>])[] = [
  ['deleted', (path) => rm(path)],
  ['cut to nothing', (path) => truncate(path, 0)],
  [
    'cut in the middle of a line',
    async (path) => await truncate(path, Math.floor((await stat(path)).size / 2)),
  ],
  [
    'replaced by another file',
    async (path) => {
      await writeFile(`${path}.new`, 'of another program\n'.repeat(1_000));
      await rename(`${path}.new`, path);
    },
  ],
  ['deleted with its folder', (path) => rm(dirname(path), { recursive: true })],
];

/** Loses the journal once it has `before`; resolves when its worker wrote it again, and dies. */
async function loses(
  world: CrashWorld,
  id: string,
  before: string,
  lose: (path: string) => Promise<void>,
): Promise<void> {
  const path = journalPath(world.home, id);
  const text = async (): Promise<string> => JSON.stringify((await readJournal(path)) ?? []);
  await expect.poll(text, { timeout: 30_000 }).toContain(before);
  const [known] = await world.operations.list();
  await lose(path);
  expect(await world.operations.list()).toMatchObject([{ id, status: known!.status }]);
  await expect.poll(text, { timeout: 30_000 }).toContain('written again');
  expect(await text()).toContain('"event":"operation"');
  expect(await text()).toContain(before);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  world.kill();
  await world.workerEnd();
  expect(await world.operations.list()).toMatchObject([{ id, status: 'interrupted' }]);
}

describe.each(LOSSES)(
  'a journal that is %s while its worker lives',
  { timeout: LIMIT_MS },
  (_, lose) => {
    it('is written again, so that a provisioning loses nothing', async () => {
      const world = await openCrashWorld('sandbox', { delays: { ...NO_DELAYS, bootMs: 4_000 } });
      onTestFinished(() => world.close());
      const { operations } = world;
      const choice = { region: 'fra1', label: 'edge', size: DEFAULT_SIZE };
      const id = await operations.start(choice, SANDBOX_TOKEN);
      await loses(world, id, '"step":"wait_droplet","status":"running"', lose);
      expect(world.droplets()).toHaveLength(1);
      await operations.resume(id, { token: SANDBOX_TOKEN });
      expect(await world.workerEnd()).toBe('');
      const operation = await operations.get(id);
      expect(operation).toMatchObject({ status: 'succeeded', leftovers: [] });
      expect(await checkOnline(world, operation!)).toEqual([]);
      expect(world.createdDroplets()).toBe(1);
    });

    it('is written again, so that a set-up goes on where it was', async () => {
      await inWorld('onboard', async (here) => {
        const { world, panel, server } = here;
        panel.sandbox.controls.setName(DOMAIN, []);
        const id = await world.operations.startUpkeep(server, workOf('onboard', server), {});
        await loses(world, id, '"step":"await_dns","status":"running"', lose);
        panel.pointNames();
        expect((await repeatOnboarding(here)).violations).toEqual([]);
      });
    });
  },
);
