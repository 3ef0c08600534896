import { describe, expect, it } from 'vitest';
import { findCommands } from '../../src/screens/overlays/find-commands.js';
import type { KeyScope } from '../../src/screens/shell/command.js';
import { EDGE, FakeWorld, LAB } from '../app/fakes/fake-world.js';
import { startProgram } from './fixtures/running-program.js';

async function scope(selected = LAB.id): Promise<KeyScope> {
  const program = await startProgram(new FakeWorld({ servers: [EDGE, LAB] }));
  return { state: program.app.store.state, selected };
}

describe('the palette', () => {
  it.each([
    ['resume', 'provisioning.resume'],
    ['help', 'help'],
    ['keys', 'help'],
    ['doctor', 'doctor'],
    ['diagnose', 'doctor'],
    ['log', 'activity-log'],
    ['quit', 'leave'],
    ['delete', 'servers.destroy'],
    ['destroy', 'servers.destroy'],
    ['sort', 'servers.sort'],
    ['S', 'servers.sort'],
    ['s', 'servers.activate'],
    ['servers.refresh', 'servers.refresh'],
    ['admin panel', 'servers.panel'],
    ['export', 'servers.export'],
    ['import servers', 'servers.import'],
    ['doctr', 'doctor'],
  ])('finds first, for %j, %s', async (query, id) => {
    expect(findCommands(await scope(), query)[0]?.id).toBe(id);
  });

  it('shows keys, why something does nothing now, and on which screen another works', async () => {
    const [panel] = findCommands(await scope('nobody'), 'panel');
    expect(panel).toMatchObject({ keys: ['p'], disabled: 'No server is selected.' });
    const resume = findCommands(await scope(), 'resume')[0];
    expect(resume).toMatchObject({ keys: ['u'], disabled: 'on the screen “Provisioning”' });
  });

  it('has each command once, and for nothing typed those of the screen alone', async () => {
    const here = await scope();
    for (const query of ['', 'e', 'server']) {
      const ids = findCommands(here, query).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
    expect(findCommands(here, '').some(({ id }) => id.startsWith('wizard'))).toBe(false);
    expect(findCommands(here, 'xyzzy')).toEqual([]);
  });
});
