import { describe, expect, it } from 'vitest';
import { checkKeys, isKey } from '../../src/screens/shell/check-keys.js';
import { withKeys } from '../../src/screens/shell/key-changes.js';
import { COMMANDS } from '../../src/screens/shell/keys.js';
import { EDGE, FakeWorld, OLD_BOX } from '../app/fakes/fake-world.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

const sees = (program: RunningProgram, what: string | RegExp): Promise<void> =>
  expect.poll(() => program.text(), { timeout: 10_000 }).toMatch(what);

function problems(changes: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return checkKeys(COMMANDS, changes).problems;
}

describe('keys of a person’s own', () => {
  it('are keys that terminals send', () => {
    for (const command of COMMANDS) for (const key of command.keys) expect(isKey(key)).toBe(true);
    for (const key of ['f13', 'ctrl-i', 'ctrl-A', 'xx', '', ' ', 'shift-a', 'enterr', 'alt-'])
      expect(isKey(key), key).toBe(false);
    for (const key of ['é', 'alt-x', 'ctrl-alt-left', 'shift-f5', 'delete'])
      expect(isKey(key), key).toBe(true);
  });

  it('may change places', () => {
    const changes = { 'servers.create': ['a'], 'servers.add': ['n'] };
    expect(checkKeys(COMMANDS, changes)).toEqual({ keys: changes, problems: [], unknown: [] });
  });

  it('are refused by name where two commands would share one, and then none is used', () => {
    const checked = checkKeys(COMMANDS, { 'servers.destroy': ['x'], 'servers.edit': ['E'] });
    expect(checked.keys).toEqual({});
    expect(checked.problems).toEqual([
      'servers.destroy and servers.remove have the same key, x (Servers).',
      'servers.destroy and servers.remove have the same key, x (Server).',
      'So all keys keep their defaults.',
    ]);
  });

  it('meet those that are the same everywhere', () => {
    expect(problems({ doctor: ['d'] })[0]).toBe(
      'doctor and servers.destroy have the same key, d (Servers).',
    );
    expect(problems({ 'servers.destroy': ['?'] })[0]).toContain('help and servers.destroy');
  });

  it.each([
    ['servers.destroy', 'j', /move, choose or search/],
    ['provisioning.cancel', 'f', /move, choose or search/],
    ['servers.open', 'o', /cannot be changed/],
    ['wizard.measure', 'm', /cannot be changed/],
    ['move', 'w', /cannot be changed/],
    ['interrupt', 'c', /is needed to type into fields/],
    ['servers.destroy', 'Ctrl+D', /is not a key/],
  ])('refuse for %s the key %s', (id, key, problem) => {
    expect(COMMANDS.some((command) => command.id === id)).toBe(true);
    expect(problems({ [id]: [key] })).toEqual([expect.stringMatching(problem)]);
  });

  it('name what no command has', () => {
    expect(checkKeys(COMMANDS, { 'servers.destory': ['x'] }).unknown).toEqual(['servers.destory']);
  });

  it('leave the second key of help for fields alone', () => {
    const help = withKeys(COMMANDS, { help: ['f2'] }).filter(({ id }) => id === 'help');
    expect(help.map(({ keys }) => keys)).toEqual([['f2'], ['f1']]);
  });

  it('are those of hints, reasons and dialogs as well', async () => {
    const keys = { 'servers.access': ['v'], secrets: ['f3'], 'servers.certificate': ['b'] };
    const world = new FakeWorld({ servers: [EDGE] });
    const program = await startProgram(world, { columns: 100, rows: 30, settings: { keys } });
    await sees(program, 'fra1-edge');
    world.health.report({
      serverId: EDGE.id,
      samples: [],
      health: {
        state: 'certificate-needed',
        since: world.clock.now(),
        reason: 'Why not.',
        lacks: 'client-certificate',
      },
    });
    await program.press('o');
    await sees(program, 'is not on this machine: press v');
  });

  it('are those of the footer, the help, the palette and the first screen', async () => {
    const keys = { 'servers.create': ['v'], 'servers.destroy': ['X', 'delete'], palette: ['f2'] };
    const program = await startProgram(new FakeWorld({ servers: [OLD_BOX] }), {
      columns: 100,
      rows: 30,
      settings: { keys },
    });
    await sees(program, /v new .*X remove/);
    await program.press('d');
    expect(await program.text()).not.toContain('[ Remove');
    await program.press('X');
    await sees(program, '[ Remove');
    await program.press('escape', '?');
    await sees(program, /X Del +Destroy a cloud server/);
    await program.press('escape');
    await program.screen.send('\u001bOQ');
    await sees(program, '┌ Commands ─');
    await program.type('create');
    await sees(program, /Create a new server +v /);
    const first = await startProgram(new FakeWorld(), {
      columns: 100,
      rows: 30,
      settings: { keys },
    });
    await sees(first, /v +Create a new server/);
  });
});
