import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { screenMemory } from '../../../src/services/files/screen-state.js';
import { changeServerMeta, readServerMeta } from '../../../src/services/registry/server-meta.js';
import { serverFolder } from '../../../src/services/registry/server-files.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const ID = '3f1f0c52-3c3f-4e0e-9b59-3c7f1f3f0a11';

it('keeps facts that cannot be understood beside the new ones', async () => {
  const home = join(await temporaryFolder(), 'home');
  await changeServerMeta(home, ID, { note: 'rack 4' });
  await changeServerMeta(home, ID, { certificateEnded: 1 });
  expect(await readServerMeta(home, ID)).toEqual({ note: 'rack 4', certificateEnded: 1 });
  const file = join(serverFolder(home, ID), 'meta.json');
  const torn = '{ "note": "rack 4" "certificateEnded": 1 }';
  await writeFile(file, torn);
  expect(await readServerMeta(home, ID)).toEqual({});
  await changeServerMeta(home, ID, { note: 'rack 5' });
  expect(await readServerMeta(home, ID)).toEqual({ note: 'rack 5' });
  expect(await readFile(`${file}.unreadable`, 'utf8')).toBe(torn);
});

it('keeps a fact of a form that it does not know through changes of others', async () => {
  const home = join(await temporaryFolder(), 'home');
  await changeServerMeta(home, ID, { note: 'rack 4' });
  const file = join(serverFolder(home, ID), 'meta.json');
  const newer = { note: 'rack 4', dns: [{ domain: 'lab.example.com', form: 2 }] };
  await writeFile(file, JSON.stringify(newer));
  await changeServerMeta(home, ID, { note: 'rack 5' });
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ ...newer, note: 'rack 5' });
  await changeServerMeta(home, ID, ({ dns = [] }) => ({ dns }));
  expect(await readServerMeta(home, ID)).toEqual({ note: 'rack 5', dns: [] });
  expect(JSON.parse(await readFile(`${file}.unreadable`, 'utf8'))).toMatchObject({
    dns: newer.dns,
  });
});

it('loses no change of two processes that change different facts at once', async () => {
  const home = join(await temporaryFolder(), 'home');
  const script = join(import.meta.dirname, 'change-facts.fixture.mjs');
  const rounds = 20;
  const run = (field: string, remembered: string) =>
    promisify(execFile)(process.execPath, [script, home, ID, field, remembered, String(rounds)]);
  await Promise.all([run('certificateEnded', 'seenAt'), run('revision', 'updateSoughtAt')]);
  const { wrongCodes, ...counts } = await readServerMeta(home, ID);
  expect(counts).toEqual({ certificateEnded: rounds, revision: rounds });
  expect(wrongCodes).toHaveLength(2 * rounds);
  expect(await screenMemory(home).read()).toEqual({ seenAt: rounds, updateSoughtAt: rounds });
  expect((await readdir(home)).toSorted()).toEqual(['screen.json', 'servers']);
});
