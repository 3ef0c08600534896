import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
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
