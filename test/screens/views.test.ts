import { describe, expect, it } from 'vitest';
import { age, milliseconds, monthly } from '../../src/words/formats.js';
import { reduce } from '../../src/app/store.js';
import { DEFAULT_SETTINGS } from '../fixtures/settings.js';
import { type AppState, initialState } from '../../src/app/state.js';
import { sizeText } from '../../src/words/regions.js';
import { regionView } from '../../src/screens/create-server/region.part.js';
import { percentile, serverDetails } from '../../src/screens/servers/details.view.js';
import { serversView, type ServersView } from '../../src/screens/servers/servers.view.js';
import { doctorView } from '../../src/screens/overlays/doctor.js';
import type { Finding } from '../../src/usecases/doctor.js';
import { isSameData } from '../../src/screens/shell/screen.js';
import { plain, style } from '../../src/widgets/markup.js';
import { droplet, dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE, FakeWorld, LAB, OLD_BOX } from '../app/fakes/fake-world.js';

const { environment, keystore } = new FakeWorld().ports;
const START = initialState({ settings: DEFAULT_SETTINGS, environment, keystore });
const NOW = Date.UTC(2026, 10, 23, 14);

function loaded(): AppState {
  return reduce(START, { type: 'servers-loaded', servers: [EDGE, LAB, OLD_BOX] });
}

/** The lines of one row of the details. */
function detail(view: ServersView, label: string): readonly string[] {
  const value = view.details.rows.find((row) => row.label === label)?.value ?? [];
  return (Array.isArray(value) ? value : [value]).map(plain);
}

describe('the certificate of a server', () => {
  const DAY = 86_400_000;

  it.each([
    [31, ''],
    [30, 'warn'],
    [8, 'warn'],
    [7, 'danger'],
    [-1, 'danger'],
  ])('that expires in %i days is in its colour: %s', (days, colour) => {
    const certificate = { state: 'known', notAfter: NOW + days * DAY } as const;
    const state = reduce(loaded(), { type: 'certificate-read', serverId: EDGE.id, certificate });
    const [line] = [
      serverDetails(EDGE, state, NOW).find(({ label }) => label === 'Cert')!.value,
    ].flat();
    expect([plain(line!)]).toEqual([expect.stringMatching(/^client\.p12, expire[sd] /)]);
    expect(line).toEqual(colour === '' ? plain(line!) : style(colour as 'warn', plain(line!)));
  });
});

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

describe('the doctor', () => {
  const rows = (findings: readonly Finding[], isChecking = false): readonly string[] =>
    doctorView(findings, isChecking, { sandbox: false }).rows.map(({ label, value }) =>
      [label, ...[value].flat().map(plain)].join(' | '),
    );
  const FINDINGS: readonly Finding[] = [
    { level: 'ok', name: 'Program', text: 'works' },
    { level: 'note', name: 'Network', text: 'a proxy is set' },
    {
      level: 'problem',
      name: 'Droplets',
      text: 'one is unlisted',
      hint: 'adopt it\nor destroy it',
    },
    { level: 'ok', name: 'Browser', text: 'can be opened' },
    { level: 'problem', name: 'Servers', text: 'unreadable' },
  ];

  it('shows first what needs attention, with what to do', () => {
    expect(rows(FINDINGS)).toEqual([
      'Result | 2 things need attention. Press r to check again.',
      'Droplets | ▲ one is unlisted | → adopt it | → or destroy it',
      'Servers | ▲ unreadable',
      'Network | • a proxy is set',
      'Program | ✔ works',
      'Browser | ✔ can be opened',
    ]);
  });

  it('says that it is checking until the last finding is there', () => {
    expect(rows([], true)).toEqual(['Result | checking…']);
    expect(rows(FINDINGS.slice(0, 1), true)).toEqual(['Result | checking…', 'Program | ✔ works']);
    expect(rows(FINDINGS.slice(0, 1))[0]).toBe(
      'Result | Nothing needs attention. Press r to check again.',
    );
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
    ['offline', 'offline', 'offline', '✖'],
    ['certificate-needed', 'cert. needed', 'certificate needed', '▲'],
    ['certificate-changed', 'cert. changed', 'certificate changed', '✖'],
  ] as const)('tells %s by a sign and a word, and why', (state, short, word, sign) => {
    const why = { reason: 'Because of it.', code: 'x', lacks: 'access' } as const;
    const health = { state, since: NOW - 720_000, ...why };
    const known = reduce(loaded(), {
      type: 'health-changed',
      serverId: EDGE.id,
      samples: [],
      health,
    });
    const view = serversView(known, { selected: EDGE.id, now: NOW });
    const [row] = view.list.rows;
    expect([plain(row!.cells[0]!), plain(row!.cells[3]!)]).toEqual([sign, short]);
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
      'R restores the newest backup.',
    ]);
  });

  it('counts a public certificate that its panel told of, and a token, among what ends soon', () => {
    const expiresAt = new Date(NOW + 5.5 * 86_400_000).toISOString();
    const certificates = [
      { type: 'letsencrypt', domain: 'panel.example.com', expiresAt },
      { type: 'mtls-ca', domain: null, expiresAt: new Date(NOW).toISOString() },
    ];
    const opened = reduce(loaded(), {
      type: 'route-opened',
      route: { screen: 'team', serverId: EDGE.id },
    });
    const read = reduce(opened, { type: 'team-read', serverId: EDGE.id, certificates });
    const state = reduce(read, { type: 'token-expiring', days: 9 });
    const view = serversView(state, { selected: EDGE.id, now: NOW });
    expect([view.title.middle!].flat().map(plain).join()).toContain(
      '1 certificate expires soon · token expires in 9 days',
    );
    expect(view.list.rows[0]!.cells.map(plain)).toContain('5 days');
    const known = reduce(state, { type: 'account-known', email: 'sammy@example.com' });
    expect(known.tokenDays).toBeUndefined();
  });

  it('shows an unlisted droplet by a sign and a word, with its cost and where it is', () => {
    const lost = { ...droplet(7), name: 'portlama-\u001b[2Jlost', priceMonthlyUsd: 4.5 };
    const unlisted = { droplet: lost, operationId: 'abc', operation: undefined };
    const report = { unlisted: [unlisted], gone: [] };
    const state = reduce(loaded(), { type: 'droplets-compared', report });
    const view = serversView(state, { selected: 'droplet 7', now: NOW });
    expect(view.list.rows.at(-1)!.cells.map(plain)).toEqual([
      '▲',
      'portlama-lost',
      '',
      'unlisted',
      '',
      'fra1',
      '203.0.113.42',
      '–',
      '',
      '–',
      'DigitalOcean',
      '–',
      '2026-11-20',
    ]);
    expect(view.note.map(plain)).toEqual([
      '▲ unlisted droplet, $4.50/month',
      'Droplet 7, fra1, 203.0.113.42',
    ]);
    expect(detail(view, 'Cost')).toEqual(['$4.50/month']);
    expect(detail(view, 'Created by')).toEqual(['a provisioning, abc']);
    expect([view.title.middle!].flat().map(plain)).toContain(
      '3 servers · 0 online · 1 unlisted · at least $4.50/month',
    );
    const alone = reduce(START, { type: 'servers-loaded', servers: [] });
    const shown = reduce(alone, { type: 'droplets-compared', report });
    expect(serversView(shown, { selected: undefined, now: NOW }).body).toBe('list');
  });

  it('says that a droplet is gone rather than that its panel does not answer', () => {
    const health = { state: 'offline', since: NOW, reason: 'refused', code: 'x' } as const;
    const known = [
      { type: 'health-changed', serverId: LAB.id, samples: [], health },
      { type: 'droplets-compared', report: { unlisted: [], gone: [LAB] } },
    ] as const;
    const state = known.reduce<AppState>(reduce, loaded());
    const view = serversView(state, { selected: LAB.id, now: NOW });
    expect(view.list.rows.map(({ cells }) => plain(cells[3]!))).toEqual([
      'checking',
      'droplet is gone',
      'checking',
    ]);
    expect(view.note.map(plain)).toEqual([
      '✖ This droplet no longer exists in your account. Press d to remove it.',
      LAB.panelUrl,
    ]);
    expect(detail(view, 'Droplet')).toEqual(['312876544, no longer exists']);
  });

  it('does not call a droplet gone whose panel answers', () => {
    const health = { state: 'online', since: NOW, latencyMs: 20, version: undefined } as const;
    const known = [
      { type: 'health-changed', serverId: LAB.id, samples: [], health },
      { type: 'droplets-compared', report: { unlisted: [], gone: [LAB] } },
    ] as const;
    const state = known.reduce<AppState>(reduce, loaded());
    const view = serversView(state, { selected: LAB.id, now: NOW });
    expect(plain(view.list.rows[1]!.cells[3]!)).toBe('online');
    expect(detail(view, 'Droplet')).toEqual(['312876544', 'not in this account']);
  });

  it('cleans what others wrote into the file', () => {
    const evil = { ...EDGE, label: 'a\u001b[2Jb{bold}' };
    const state = reduce(START, { type: 'servers-loaded', servers: [evil] });
    const view = serversView(state, { selected: evil.id, now: NOW });
    expect(plain(view.list.rows[0]!.cells[1]!)).toBe('ab{bold}');
  });
});

describe('a droplet', () => {
  it('shows its own size and price, and none before they are known', () => {
    const shown = (state: AppState) =>
      serverDetails(EDGE, state, NOW).find(({ label }) => label === 'Droplet')?.value;
    expect(shown(START)).toEqual([EDGE.providerId]);
    const droplet = { ...dropletOf(EDGE), sizeSlug: 's-1vcpu-2gb', priceMonthlyUsd: 12 };
    const listed = new Map([[EDGE.id, droplet]]);
    const report = { unlisted: [], gone: [], listed };
    const known = reduce(START, { type: 'droplets-compared', report });
    expect(shown(known)).toEqual([EDGE.providerId, 's-1vcpu-2gb · $12/month']);
  });
});

describe('regions', () => {
  it('are called fastest only once one was measured', () => {
    const fra1 = { slug: 'fra1', name: 'fra1', available: true, sizes: ['s-1vcpu-512mb-10gb'] };
    let state = reduce(START, { type: 'wizard-opened' });
    state = reduce(state, { type: 'regions-loaded', regions: [fra1], sizes: [] });
    const intro = (): string => regionView(state).intro.map(plain).join(' ');
    expect(intro()).toContain('Choose the region closest to your users.');
    const failed = { state: 'failed', reason: 'timed out' } as const;
    state = reduce(state, { type: 'region-measured', slug: 'fra1', latency: failed });
    expect(intro()).toBe('Choose the region closest to your users.');
    const latency = { state: 'measured', medianMs: 12, jitterMs: 0, samplesMs: [12] } as const;
    state = reduce(state, { type: 'region-measured', slug: 'fra1', latency });
    expect(intro()).toContain('Fastest selected');
  });

  it('mark the chosen one and mute what could not be measured', () => {
    const region = (slug: string) => ({
      slug,
      name: slug,
      available: true,
      sizes: ['s-1vcpu-512mb-10gb'],
    });
    let state = reduce(START, { type: 'wizard-opened' });
    const regions = ['ams3', 'fra1'].map(region);
    state = reduce(state, { type: 'regions-loaded', regions, sizes: [] });
    const latency = { state: 'failed', reason: 'timed out' } as const;
    state = reduce(state, { type: 'region-measured', slug: 'ams3', latency });
    const { grid } = regionView(state);
    expect(grid.suggested).toBe('fra1');
    expect(grid.cards.map(({ id, muted }) => [id, muted])).toEqual([
      ['fra1', false],
      ['ams3', true],
    ]);
    expect([grid.cards[1]!.rows[0]!.right!].flat().map(plain)).toEqual([
      'no measurement',
      'no answer',
    ]);
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
