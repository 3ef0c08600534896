import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STEP_COUNT } from '../../../src/app/service-words.js';
import { plainLine } from '../../../src/cli/record-lines.js';
import { foldJournal } from '../../../src/services/provisioning/journal/fold.js';
import type { JournalRecord } from '../../../src/services/provisioning/journal/records.js';
import { STEPS, stepTitle } from '../../../src/services/provisioning/steps/index.js';

const SRC = resolve(import.meta.dirname, '../../../src');
const INDEX = join(SRC, 'services/provisioning/steps/index.ts');
const IDS = STEPS.map(({ id }) => id);

const REQUEST = { id: '0123456789abcdef', label: 'edge' } as never;
const BEGUN: JournalRecord = { at: 1, event: 'operation', request: REQUEST };

describe('the list of steps', () => {
  it('names each of them once, with a title of its own, and a file that says what it makes', async () => {
    expect(new Set(IDS).size).toBe(IDS.length);
    expect(new Set(STEPS.map(({ title }) => title)).size).toBe(IDS.length);
    for (const { id, load } of STEPS) {
      expect(await load()).toHaveProperty('step.run');
      const file = join(SRC, 'services/provisioning/steps', `${id.replaceAll('_', '-')}.ts`);
      expect(readFileSync(file, 'utf8')).toContain(`readonly ${id}:`);
    }
  });

  it('is what the fold, the screens and the lines count', () => {
    expect(foldJournal([BEGUN], 'alive')!.steps.map(({ id }) => id)).toEqual(IDS);
    expect(STEP_COUNT).toBe(IDS.length);
    const lines = IDS.map((step) =>
      plainLine({ at: 1, event: 'step', step, status: 'running' }, { sandbox: false }),
    );
    expect(lines).toEqual(
      IDS.map((step, at) => `[${at + 1}/${IDS.length}] ${stepTitle(step)}: running`),
    );
  });

  it('stands nowhere else: a new step is one line and its file', () => {
    const others = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => join(SRC, path))
      .filter((path) => path !== INDEX);
    const doubles = others.filter((path) => {
      const text = readFileSync(path, 'utf8');
      const named = STEPS.filter(
        ({ id, title }) => text.includes(`'${id}'`) || text.includes(title),
      );
      // A file may speak of many steps, never of all.
      return named.length >= IDS.length - 1;
    });
    expect(doubles.map((path) => basename(path))).toEqual([]);
  });
});
