import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/app/commands.js';
import { findBinding, keyHelp, keyHints, keyReference } from '../../src/app/keys/lookup.js';
import type { KeyContext, KeyScope } from '../../src/app/keys/scope.js';
import { KEY_TABLE, type KeyBinding } from '../../src/app/keys/table.js';
import { reduce } from '../../src/app/reduce.js';
import { DEFAULT_SETTINGS } from '../../src/app/settings.js';
import { type AppState, initialState } from '../../src/app/state.js';
import type { Health } from '../../src/services/health/health.js';
import { EDGE, FakeWorld, LAB, OLD_BOX } from './fakes/fake-world.js';

/** Done by the shell or the screen that is shown. */
const BY_SCREENS = [
  'redraw',
  'suspend',
  'servers.filter',
  'wizard.check-token',
  'provisioning.follow',
  'provisioning.wrap',
  'provisioning.search',
];

const CONTEXTS = [...new Set(KEY_TABLE.map(({ context }) => context))];

function state(): AppState {
  const { environment, keystore } = new FakeWorld().ports;
  const start = initialState({ settings: DEFAULT_SETTINGS, environment, keystore });
  return reduce(start, { type: 'servers-loaded', servers: [EDGE, LAB, OLD_BOX] });
}

/** Bindings of one place that share a key, as `key: one, other`. */
function clashes(bindings: readonly KeyBinding[]): string[] {
  const keys = bindings.flatMap((binding) => binding.keys.map((key) => ({ key, binding })));
  return keys
    .filter(
      ({ key, binding }) =>
        keys.find((other) => other.key === key)?.binding.command !== binding.command,
    )
    .map(({ key, binding }) => `${key}: ${binding.command}`);
}

describe('key table', () => {
  it.each(CONTEXTS)('gives each key one meaning in %s', (context: KeyContext) => {
    expect(clashes(KEY_TABLE.filter((binding) => binding.context === context))).toEqual([]);
  });

  it('takes a key that means the same everywhere only for something close to it', () => {
    const everywhere = KEY_TABLE.filter(({ context }) => context === 'everywhere');
    const taken = KEY_TABLE.filter(
      ({ context }) => !['everywhere', 'activity-log'].includes(context),
    )
      .filter(({ keys }) =>
        everywhere.some((other) => other.keys.some((key) => keys.includes(key))),
      )
      .map(({ command }) => command);
    expect([...new Set(taken)]).toEqual(['back', 'wizard.back']);
  });

  it('notices a clash', () => {
    const twice = { ...KEY_TABLE[0]!, command: 'redraw' } as const;
    expect(clashes([KEY_TABLE[0]!, twice])).toEqual([`${twice.keys[0]}: redraw`]);
  });

  it('binds only commands that someone carries out', () => {
    const orphans = KEY_TABLE.filter(
      ({ command, byWidget }) =>
        byWidget !== true && COMMANDS[command] === undefined && !BY_SCREENS.includes(command),
    );
    expect(orphans.map(({ command }) => command)).toEqual([]);
  });

  it('describes every key in words', () => {
    for (const { description, label } of KEY_TABLE) {
      expect(description).toMatch(/^[A-Z“].{5,}[^.]$/);
      expect(label.length).toBeLessThanOrEqual(20);
    }
  });

  it('is whole in the reference for the README', () => {
    const rows = keyReference().flatMap(({ rows }) => rows);
    expect(rows.length).toBe(KEY_TABLE.length);
  });
});

describe('hints', () => {
  it('name the keys of the servers list, most useful first', () => {
    const scope: KeyScope = { state: state(), selected: LAB.id };
    expect(keyHints(scope).map(({ keys, label }) => `${keys.join(' ')} ${label}`)).toEqual([
      'n new',
      'a add',
      'enter set active',
      '? help',
      'p panel',
      'd destroy',
      'q quit',
      'y copy url',
      'r refresh',
      '/ filter',
    ]);
  });

  it('say remove where the machine is not touched', () => {
    const hints = keyHints({ state: state(), selected: OLD_BOX.id });
    expect(hints.find(({ keys }) => keys.includes('d'))?.label).toBe('remove');
  });

  it.each([
    ['client-certificate', ['i']],
    ['password', ['i']],
    ['confirmation', ['c']],
    ['access', []],
  ] as const)('name the key for what is missing to open the panel: %s', (lacks, keys) => {
    const health = { state: 'certificate-needed', since: 0, reason: 'Why not.', lacks } as const;
    expect(certificateHints(health)).toEqual(keys);
  });

  it('name the key for a certificate of the panel that changed', () => {
    const health = { state: 'certificate-changed', since: 0, reason: 'Another one.' } as const;
    expect(certificateHints(health)).toEqual(['c']);
    expect(certificateHints({ state: 'checking' })).toEqual([]);
  });

  it('mute what does nothing now, and the help says why', () => {
    const scope: KeyScope = { state: state(), selected: EDGE.id };
    expect(keyHints(scope).find(({ keys }) => keys.includes('enter'))?.disabled).toBe(true);
    const entry = keyHelp(scope)[0]?.entries.find(({ command }) => command === 'servers.open');
    expect(entry?.disabled).toBe('fra1-edge is the active server already.');
  });

  it('leave out what makes no sense in an empty list', () => {
    const scope: KeyScope = { state: { ...state(), servers: EMPTY }, selected: undefined };
    expect(keyHints(scope).map(({ keys }) => keys[0])).toEqual(['n', 'a', '?', 'q']);
    expect(findBinding('t', scope)?.command).toBe('servers.sandbox');
    expect(findBinding('p', scope)).toBeUndefined();
  });

  it('name the keys of the activity log, and only those, while it is open', () => {
    const open = reduce(state(), { type: 'overlay-opened', overlay: 'activity-log' });
    const hints = keyHints({ state: open, selected: EDGE.id });
    expect(hints.map(({ keys, label }) => `${keys.join(' ')} ${label}`)).toEqual([
      'escape close',
      'up down scroll',
      'w wrap',
      '/ search',
      'f follow',
      'n N next match',
    ]);
  });
});

function certificateHints(health: Health): readonly string[] {
  const change = { type: 'health-changed', serverId: LAB.id, samples: [], health } as const;
  const hints = keyHints({ state: reduce(state(), change), selected: LAB.id });
  return hints.flatMap(({ keys }) => keys).filter((key) => key === 'c' || key === 'i');
}

const EMPTY = { loaded: true, list: [], error: undefined, added: undefined };
