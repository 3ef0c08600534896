import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STEP_COUNT } from '../../../src/app/service-words.js';
import { plainLine } from '../../../src/cli/record-lines.js';
import { foldJournal } from '../../../src/services/provisioning/journal/fold.js';
import type { JournalRecord } from '../../../src/services/provisioning/journal/records.js';
import { STEPS, stepsOf, stepTitle } from '../../../src/services/provisioning/steps/index.js';

const SRC = resolve(import.meta.dirname, '../../../src');
const INDEX = join(SRC, 'services/provisioning/steps/index.ts');
const IDS = STEPS.map(({ id }) => id);

const REQUEST = { id: '0123456789abcdef', label: 'edge' } as never;
const WITH_DOMAIN = {
  id: '0123456789abcdef',
  label: 'edge',
  domain: { name: 'a.example' },
} as never;
const REAL = { sandbox: false };

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
    for (const request of [REQUEST, WITH_DOMAIN]) {
      const ids = stepsOf(request).map(({ id }) => id);
      const begun: JournalRecord = { at: 1, event: 'operation', request };
      expect(foldJournal([begun], 'alive')!.steps.map(({ id }) => id)).toEqual(ids);
      const lines = ids.map((step) =>
        plainLine({ at: 1, event: 'step', step, status: 'running' }, REAL, true, request),
      );
      expect(lines).toEqual(
        ids.map((step, at) => `${at + 1} of ${ids.length}, ${stepTitle(step)}: running`),
      );
    }
  });

  it('has eleven, and one more right after the boot where a domain was asked for', () => {
    expect(stepsOf(REQUEST)).toHaveLength(11);
    expect(STEP_COUNT).toBe(11);
    const ids = stepsOf(WITH_DOMAIN).map(({ id }) => id);
    expect(ids).toHaveLength(12);
    expect(ids.slice(4, 7)).toEqual(['wait_droplet', 'setup_dns', 'wait_ssh']);
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
