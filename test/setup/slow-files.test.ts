import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { LONGEST } from './longest-first.js';
import { SLOW_FILES } from './slow-files.js';

it('names files that exist, and leaves quick ones beside them', () => {
  expect(SLOW_FILES.filter((file) => !existsSync(file))).toEqual([]);
  expect(new Set(SLOW_FILES).size).toBe(SLOW_FILES.length);
  for (const folder of new Set(SLOW_FILES.map(dirname))) {
    const files = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));
    const quick = files.filter((name) => !SLOW_FILES.includes(`${folder}/${name}`));
    expect(quick, folder).not.toEqual([]);
  }
});

it('starts the longest files first, each named once', () => {
  expect(LONGEST.filter((file) => !existsSync(file))).toEqual([]);
  expect(new Set(LONGEST).size).toBe(LONGEST.length);
});
