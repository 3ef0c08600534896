import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { outdated, titleOf } from './mutant.js';
import { MUTANTS } from './mutants.js';

const ROOT = join(import.meta.dirname, '../..');

it('every critical condition is where its record says, and so is its test', () => {
  expect(outdated(ROOT, MUTANTS)).toEqual([]);
  expect(
    MUTANTS.map(({ test }) => test).filter((test) => !existsSync(join(ROOT, 'test', test))),
  ).toEqual([]);
});

it('no record is there twice', () => {
  expect(new Set(MUTANTS.map(titleOf)).size).toBe(MUTANTS.length);
});
