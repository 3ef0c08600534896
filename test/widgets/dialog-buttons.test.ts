import { expect, it } from 'vitest';
import { Dialog } from '../../src/widgets/dialog.js';
import { withWidget } from './placed.js';

const LABELS = ['Cancel', 'Shut down', 'Reboot', 'Power cycle', 'Cut the power', 'Resize'];

it('shows every button whole, over as many rows as they need', async () => {
  const buttons = LABELS.map((label) => ({ id: label, label }));
  await withWidget(
    (terminal) => new Dialog(terminal, { title: 'Power', lines: ['It is on.'], buttons }),
    async ({ press, text }) => {
      const shown = await text();
      for (const label of LABELS) expect(shown).toContain(label);
      expect(shown).not.toContain('…');
      press('right', 'right', 'right', 'right', 'right');
      expect(await text()).toContain('› Resize ‹');
    },
  );
});

it('shows its buttons where it has no text', async () => {
  const buttons = [{ id: 'label', label: 'Label' }];
  await withWidget(
    (terminal) => new Dialog(terminal, { title: 'Edit', lines: [], buttons }),
    async ({ text }) => expect(await text()).toContain('› Label ‹'),
  );
});
