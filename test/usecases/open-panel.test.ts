import { describe, expect, it } from 'vitest';
import { openPanel } from '../../src/usecases/open-panel.js';
import { lineText } from '../../src/words/question.js';
import { EDGE } from '../app/fakes/fake-world.js';
import { testWork } from './work.js';

describe('openPanel', () => {
  it('opens it in a browser, and says how the certificate gets into that one', async () => {
    const { work, world } = testWork({ servers: [EDGE] });
    const { isOpen, lines } = await openPanel('fra1-edge', work);
    expect(isOpen).toBe(true);
    expect(world.opened).toEqual([EDGE.panelUrl]);
    expect(lines.map((line) => lineText(line, { sandbox: false }))).toContain(EDGE.p12Path);
  });

  it.each([{ hasBrowser: false }, { inSshSession: true }])(
    'opens nothing where no browser is in front of the person: %o',
    async (facts) => {
      const { work, world } = testWork({ servers: [EDGE], facts });
      const { isOpen, lines } = await openPanel(EDGE.id, work);
      expect(isOpen).toBe(false);
      expect(world.opened).toEqual([]);
      expect(lines.map((line) => lineText(line, { sandbox: false })).join('\n')).toContain(
        `scp ops@bastion.example.com:${EDGE.p12Path} .`,
      );
    },
  );

  it('refuses a server that is not in the list', async () => {
    const { work, world } = testWork({ servers: [EDGE] });
    await expect(openPanel('lab', work)).rejects.toMatchObject({ code: 'server-unknown' });
    expect(world.opened).toEqual([]);
  });
});
