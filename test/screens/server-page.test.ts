import { expect, it } from 'vitest';
import { EDGE, FakeWorld, LAB } from '../app/fakes/fake-world.js';
import { startProgram } from './fixtures/running-program.js';

it('has buttons that an arrow reaches: set active is undone by the same one, and by u', async () => {
  const program = await startProgram(new FakeWorld({ servers: [EDGE, LAB] }));
  const active = () =>
    program.app.store.state.servers.list.filter((server) => server.active).map(({ id }) => id);
  await program.press('down', 'enter', 'enter');
  expect(await program.text()).toContain('[Panel] [Set active] [Set up]');
  expect(program.world.opened).toEqual([]);
  await program.press('right', 'right', 'enter');
  await expect.poll(active).toEqual([LAB.id]);
  // The message is above the buttons for a while.
  await program.world.clock.pass(6_000);
  await expect.poll(() => program.text()).toContain('›Undo set active‹');
  await program.press('enter');
  await expect.poll(active).toEqual([EDGE.id]);
  await program.press('s');
  await expect.poll(active).toEqual([LAB.id]);
  await program.press('u');
  await expect.poll(active).toEqual([EDGE.id]);
});
