import { describe, expect, it } from 'vitest';
import { reduce } from '../../src/app/store.js';
import { DEFAULT_SETTINGS } from '../fixtures/settings.js';
import { type AppState, initialState } from '../../src/app/state.js';
import {
  type Command,
  CONTEXTS,
  type KeyContext,
  type KeyScope,
} from '../../src/screens/shell/command.js';
import {
  COMMANDS,
  findAlways,
  findByKey,
  footerHints,
  keyHelp,
  requireCommand,
} from '../../src/screens/shell/keys.js';
import type { Health } from '../../src/services/health/health.js';
import { EDGE, FakeWorld, LAB, OLD_BOX } from '../app/fakes/fake-world.js';

/** Answered by the widget that has the focus. */
const BY_WIDGETS = [
  'servers.mark',
  'next-pane',
  'move',
  'back',
  'provisioning.next-match',
  'wizard.search-regions',
];

function state(): AppState {
  const { environment, keystore } = new FakeWorld().ports;
  const start = initialState({ settings: DEFAULT_SETTINGS, environment, keystore });
  return reduce(start, { type: 'servers-loaded', servers: [EDGE, LAB, OLD_BOX] });
}

/** Commands of one place that share a key, as `key: id`. */
function clashes(commands: readonly Command[]): string[] {
  const keys = commands.flatMap((command) => command.keys.map((key) => ({ key, command })));
  return keys
    .filter(
      ({ key, command }) => keys.find((other) => other.key === key)?.command.id !== command.id,
    )
    .map(({ key, command }) => `${key}: ${command.id}`);
}

describe('the commands', () => {
  it.each(Object.keys(CONTEXTS) as KeyContext[])('gives each key one meaning in %s', (context) => {
    expect(clashes(COMMANDS.filter((command) => command.context === context))).toEqual([]);
  });

  it('takes a key that means the same everywhere only for something close to it', () => {
    const everywhere = COMMANDS.filter(({ context }) => context === 'everywhere');
    const taken = COMMANDS.filter(
      ({ context }) => !['everywhere', 'activity-log'].includes(context),
    )
      .filter(({ keys }) =>
        everywhere.some((other) => other.keys.some((key) => keys.includes(key))),
      )
      .map(({ id }) => id);
    expect([...new Set(taken)]).toEqual(['back', 'wizard.back']);
  });

  it('notices a clash', () => {
    const twice = { ...COMMANDS[0]!, id: 'redraw' };
    expect(clashes([COMMANDS[0]!, twice])).toEqual([`${twice.keys[0]}: redraw`]);
  });

  it('carry something out, but for those that a widget answers itself', () => {
    const silent = COMMANDS.filter(({ run }) => run === undefined);
    const known = silent.filter(
      ({ id, context }) => context === 'activity-log' || BY_WIDGETS.includes(id),
    );
    expect(silent).toEqual(known);
    expect(known.length).toBeGreaterThan(0);
  });

  it('are found by what a button names, of this place first; an unknown name is a defect', () => {
    const scope: KeyScope = { state: state(), selected: LAB.id };
    expect(requireCommand('back', scope).context).toBe('everywhere');
    expect(requireCommand('wizard.create', scope).context).toBe('wizard-create');
    expect(() => requireCommand('servers.opne', scope)).toThrow('servers.opne');
  });

  it('that quit, draw anew and suspend work above everything', () => {
    const always = ['ctrl-c', 'ctrl-l', 'ctrl-z', 'q'].map(
      (key) => findAlways(key, { state: state(), selected: undefined })?.id,
    );
    expect(always).toEqual(['interrupt', 'redraw', 'suspend', undefined]);
  });

  it('describes every key in words', () => {
    const scope: KeyScope = { state: state(), selected: LAB.id };
    for (const { description, label } of COMMANDS) {
      const words = typeof label === 'string' ? label : label(scope);
      expect(description).toMatch(/^[A-Z“].{5,}[^.]$/);
      expect(words.length).toBeLessThanOrEqual(20);
    }
  });
});

describe('hints', () => {
  it('name the keys of the servers list, most useful first', () => {
    const scope: KeyScope = { state: state(), selected: LAB.id };
    expect(footerHints(scope).map(({ keys, label }) => `${keys.join(' ')} ${label}`)).toEqual([
      'n new',
      'a add',
      'enter open',
      '? help',
      'p panel',
      's set active',
      'd destroy',
      'q quit',
      'y copy url',
      'o set up',
      'r refresh',
      'S sort',
      '/ filter',
    ]);
  });

  it('say remove where the machine is not touched', () => {
    const hints = footerHints({ state: state(), selected: OLD_BOX.id });
    expect(hints.find(({ keys }) => keys.includes('d'))?.label).toBe('remove');
  });

  it.each([
    ['client-certificate', ['I']],
    ['password', ['I']],
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
    expect(footerHints(scope).find(({ keys }) => keys.includes('s'))?.disabled).toBe(true);
    const entry = keyHelp(scope)[0]?.entries.find(({ keys }) => keys.includes('s'));
    expect(entry?.disabled).toBe('fra1-edge is already the active server.');
  });

  it('leave out what makes no sense in an empty list', () => {
    const scope: KeyScope = { state: { ...state(), servers: EMPTY }, selected: undefined };
    expect(footerHints(scope).map(({ keys }) => keys[0])).toEqual(['n', 'a', '?', 'q']);
    expect(findByKey('t', scope)?.id).toBe('servers.sandbox');
    expect(findByKey('p', scope)).toBeUndefined();
  });

  it('name the keys of the activity log, and only those, while it is open', () => {
    const open = reduce(state(), { type: 'overlay-opened', overlay: 'activity-log' });
    const hints = footerHints({ state: open, selected: EDGE.id });
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
  const hints = footerHints({ state: reduce(state(), change), selected: LAB.id });
  return hints.flatMap(({ keys }) => keys).filter((key) => key === 'c' || key === 'I');
}

const EMPTY = {
  loaded: true,
  list: [],
  error: undefined,
  added: undefined,
  activeBefore: undefined,
  sort: undefined,
};
