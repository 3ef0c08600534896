import { describe, expect, it } from 'vitest';
import { reduce } from '../../src/app/reduce.js';
import { DEFAULT_SETTINGS } from '../../src/app/settings.js';
import { type AppState, initialState } from '../../src/app/state.js';
import { sizeText } from '../../src/app/regions.js';
import { regionView } from '../../src/screens/create-server/region.view.js';
import { percentile, serverDetails } from '../../src/screens/servers/details.view.js';
import { serversView } from '../../src/screens/servers/servers.view.js';
import { isSameData } from '../../src/screens/shell/same-data.js';
import { age, milliseconds, monthly } from '../../src/screens/shell/wording.js';
import { plain } from '../../src/widgets/markup.js';
import { EDGE, FakeWorld, LAB, OLD_BOX } from '../app/fakes/fake-world.js';

const { environment, keystore } = new FakeWorld().ports;
const START = initialState({ settings: DEFAULT_SETTINGS, environment, keystore });
const NOW = Date.UTC(2026, 10, 23, 14);

function loaded(): AppState {
  return reduce(START, { type: 'servers-loaded', servers: [EDGE, LAB, OLD_BOX] });
}

describe('the details of a server whose key is in a keychain', () => {
  const MAC = { ...EDGE, authMethod: 'keychain', keychainIdentity: 'admin' } as const;
  const certificate = (state: AppState): unknown => {
    const row = serverDetails(MAC, state, NOW).find(({ label }) => label === 'Cert');
    return [row?.value].flat().map((line) => plain(line!));
  };

  it('name the identity, and when its certificate expires once that is known', () => {
    expect(certificate(loaded())).toEqual(['keychain: admin']);
    const read = (notAfter: number): AppState =>
      reduce(loaded(), {
        type: 'certificate-read',
        serverId: MAC.id,
        certificate: { state: 'known', notAfter },
      });
    expect(certificate(read(Date.UTC(2028, 10, 23)))).toEqual([
      'keychain: admin',
      'certificate, expires 2028-11-23',
    ]);
    expect(certificate(read(NOW - 1))).toEqual([
      'keychain: admin',
      'certificate, expired 2026-11-23',
    ]);
  });
});

describe('the servers list', () => {
  it('says checking, never offline, before the first answer', () => {
    const view = serversView(loaded(), { selected: undefined, now: NOW });
    expect(view.list.rows.map(({ cells }) => plain(cells[3]!))).toEqual(Array(3).fill('checking'));
  });

  it('is not called empty before it was read', () => {
    const ui = { selected: undefined, now: NOW };
    expect(serversView(START, ui).body).toBe('list');
    const read = reduce(START, { type: 'servers-loaded', servers: [] });
    expect(serversView(read, ui).body).toBe('empty');
  });

  it.each([
    ['offline', 'offline', '✖'],
    ['certificate-needed', 'certificate needed', '▲'],
    ['certificate-changed', 'certificate changed', '✖'],
  ] as const)('tells %s by a sign and a word, and why', (state, word, sign) => {
    const health = { state, since: NOW - 720_000, reason: 'Because of it.', code: 'x' };
    const known = reduce(loaded(), {
      type: 'health-changed',
      serverId: EDGE.id,
      samples: [],
      health,
    });
    const view = serversView(known, { selected: EDGE.id, now: NOW });
    const [row] = view.list.rows;
    expect([plain(row!.cells[0]!), plain(row!.cells[3]!)]).toEqual([sign, word]);
    expect(view.note.map(plain)).toEqual([`${sign} ${word}, for 12 min`, 'Because of it.']);
  });

  it('says why servers.json cannot be read, and what to do', () => {
    const error = {
      code: 'registry-unreadable',
      message: 'It does not parse.',
      hint: 'Repair it.',
      logReference: undefined,
    };
    const broken = reduce(loaded(), { type: 'servers-failed', error });
    const { problem } = serversView(broken, { selected: undefined, now: NOW });
    expect(problem.map(plain)).toEqual([
      '✖ It does not parse.',
      'Repair it.',
      'R does that: it restores the newest backup.',
    ]);
  });

  it('cleans what others wrote into the file', () => {
    const evil = { ...EDGE, label: 'a\u001b[2Jb{bold}' };
    const state = reduce(START, { type: 'servers-loaded', servers: [evil] });
    const view = serversView(state, { selected: evil.id, now: NOW });
    expect(plain(view.list.rows[0]!.cells[1]!)).toBe('ab{bold}');
  });
});

describe('regions', () => {
  it('mark the chosen one and mute what could not be measured', () => {
    const region = (slug: string) => ({ slug, name: slug, available: true, sizes: [] });
    let state = reduce(START, { type: 'wizard-opened' });
    const regions = ['ams3', 'fra1'].map(region);
    state = reduce(state, { type: 'regions-loaded', regions, size: undefined });
    const latency = { state: 'failed', reason: 'timed out' } as const;
    state = reduce(state, { type: 'region-measured', slug: 'ams3', latency });
    const { grid } = regionView(state);
    expect(grid.suggested).toBe('fra1');
    expect(grid.cards.map(({ id, muted }) => [id, muted])).toEqual([
      ['fra1', false],
      ['ams3', true],
    ]);
    expect(plain(grid.cards[1]!.rows[0]!.right!)).toBe('no measurement');
  });
});

describe('wording', () => {
  it('writes sizes, prices, times and ages as people do', () => {
    const size = { slug: '', vcpus: 1, diskGb: 10, available: true, regions: [] };
    expect(sizeText({ ...size, memoryMb: 512, priceMonthlyUsd: 4 })).toBe(
      '512 MB RAM / 1 vCPU / 10 GB SSD',
    );
    expect([monthly(4), monthly(4.5)]).toEqual(['$4/month', '$4.50/month']);
    expect([milliseconds(0.42), milliseconds(21.4)]).toEqual(['0.4 ms', '21 ms']);
    const ages = [30_000, 720_000, 7_200_000, 86_400_000, 3 * 86_400_000];
    expect(ages.map((ms) => age(NOW - ms, NOW))).toEqual([
      'just now',
      '12 min',
      '2 h',
      '1 day',
      '3 days',
    ]);
  });

  it('takes percentiles by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([percentile(values, 0.95), percentile([7], 0.95)]).toEqual([95, 7]);
  });
});

describe('same data', () => {
  it('is equal all the way down, and only then', () => {
    expect(isSameData({ a: [1, { b: 'x' }] }, { a: [1, { b: 'x' }] })).toBe(true);
    expect(isSameData({ a: [1, { b: 'x' }] }, { a: [1, { b: 'y' }] })).toBe(false);
    expect(isSameData({ a: undefined }, { b: undefined })).toBe(false);
    expect(isSameData([], {})).toBe(false);
  });
});
