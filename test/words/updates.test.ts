import { expect, it } from 'vitest';
import type { FoundVersion } from '../../src/services/installer/find-package.js';
import { panelVersionText } from '../../src/words/updates.js';

const found = (version: string): FoundVersion => ({ kind: 'found', version });

it.each<[FoundVersion | undefined, string, boolean]>([
  [undefined, 'panel 0.1.30', false],
  [found('0.1.30'), 'panel 0.1.30, newest', false],
  [found('0.1.31'), 'panel 0.1.30, 0.1.31 is available', true],
  [{ kind: 'missing' }, 'panel 0.1.30, no longer published', false],
  [{ kind: 'unknown', reason: 'did not answer' }, 'panel 0.1.30, newest unknown', false],
])('a panel beside what the registry says: %j', (newest, text, isOld) => {
  expect(panelVersionText('0.1.30', newest)).toEqual({ text, isOld });
});
