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

it('lists choices one below the other, in as many rows as there are, with the first one focused', async () => {
  const list = Array.from({ length: 40 }, (_, index) => ({
    id: `${index}`,
    label: `size ${index}`,
  }));
  const chosen: string[] = [];
  const data = {
    title: 'Which?',
    lines: ['Now: none.'],
    list,
    buttons: [{ id: 'no', label: 'Cancel' }],
  };
  await withWidget(
    (terminal) => {
      const dialog = new Dialog(terminal, data);
      dialog.onChoose((id) => chosen.push(id));
      return dialog;
    },
    async ({ press, text }) => {
      expect(await text()).toMatch(/› size 0/);
      expect(await text()).toContain('[ Cancel ]');
      press(...Array.from({ length: 39 }, () => 'down'));
      expect(await text()).toMatch(/› size 39/);
      expect(await text()).toContain('Now: none.');
      press('down');
      expect(await text()).toContain('› Cancel ‹');
      press('up', 'enter');
      expect(chosen).toEqual(['39']);
    },
  );
});
