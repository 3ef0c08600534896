import * as fc from '../../fixtures/fast-check.js';
import type { Bodies } from '../../../src/services/digitalocean/models.js';
import { fixture } from '../../services/digitalocean/scripted-api.js';

/** Bodies that DigitalOcean sends, bodies that are nearly such, and whatever else JSON can be. */

export type Kind = keyof Bodies;

/** What no error may repeat: a value of a body can be anything, a secret too. */
export const MARK = 'm4rk3d-v4lu3';

const SAMPLES: Readonly<Record<Kind, readonly unknown[]>> = {
  account: [fixture('account.json'), fixture('account-locked.json')],
  action: [fixture('action-create-completed.json'), fixture('action-create-in-progress.json')],
  actions: [{ actions: [{ id: 7, type: 'reboot', status: 'errored' }], meta: { total: 1 } }],
  domain: [fixture('domain-create-201.json')],
  domains: [{ domains: [{ name: 'example.com', ttl: 1800, zone_file: '' }], meta: { total: 1 } }],
  droplet: [
    fixture('droplet-active.json'),
    fixture('droplet-active-private-first.json'),
    fixture('droplet-new.json'),
  ],
  droplets: [short(fixture('droplets-page-1.json')), fixture('droplets-by-tag-empty.json')],
  record: [fixture('domain-record-create-201.json')],
  records: [fixture('domain-records.json')],
  regions: [short(fixture('regions.json'))],
  reservedAddresses: [
    {
      reserved_ips: [
        { ip: '203.0.113.9', region: { slug: 'fra1' }, droplet: null, locked: false },
        { ip: '203.0.113.8', region: { slug: 'fra1' }, droplet: { id: 7 }, locked: false },
      ],
      meta: { total: 2 },
    },
  ],
  sizes: [short(fixture('sizes.json'))],
  snapshots: [
    {
      snapshots: [
        {
          id: '6372321',
          name: 'before the update',
          resource_id: '606395546',
          resource_type: 'droplet',
          size_gigabytes: 2.34,
          tags: null,
        },
      ],
      meta: { total: 1 },
    },
  ],
  sshKey: [fixture('ssh-key-create-201.json')],
  sshKeys: [short(fixture('ssh-keys.json'))],
  tag: [fixture('tag-get-200.json')],
  tokenInfo: [fixture('oauth-token-info.json')],
};
export const KINDS = Object.keys(SAMPLES) as readonly Kind[];

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    0,
    -1,
    1.5,
    2 ** 53 + 2,
    1e308,
    true,
    [],
    {},
    [null],
    MARK,
    'active',
  ),
  fc.constantFrom(
    '\u001b[31mred\u001b[0m',
    '\u009b2J',
    'a\u202eb',
    'public',
    'private',
    '10.0.0.5',
  ),
  fc.constantFrom(
    'https://evil.example/v2/droplets?page=2',
    '/x?page=-1',
    '?page=9999999',
    '?page=2&x#page=3',
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

interface Change {
  /** Which child at each level; the walk ends where there is none. */
  readonly way: readonly number[];
  readonly put: unknown;
  readonly remove: boolean;
}

const change: fc.Arbitrary<Change> = fc.record({
  way: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 6 }),
  put: odd,
  remove: fc.boolean(),
});

/** A body, and whether it is one that DigitalOcean really sends. */
export interface Body {
  readonly kind: Kind;
  readonly value: unknown;
  readonly isGenuine: boolean;
}

export const body: fc.Arbitrary<Body> = fc.constantFrom(...KINDS).chain((kind) =>
  fc.oneof(
    {
      arbitrary: fc
        .tuple(fc.constantFrom(...SAMPLES[kind]), fc.array(change, { maxLength: 3 }))
        .map(([sample, changes]) => ({
          kind,
          value: changes.reduce(changed, sample),
          isGenuine: changes.length === 0,
        })),
      weight: 8,
    },
    { arbitrary: odd.map((value) => ({ kind, value, isGenuine: false })), weight: 1 },
  ),
);

function changed(value: unknown, { way, put, remove }: Change): unknown {
  const [step = 0, ...rest] = way;
  if (Array.isArray(value)) {
    if (value.length === 0) return [put];
    const at = step % value.length;
    if (rest.length === 0) return remove ? value.toSpliced(at, 1) : value.with(at, put);
    return value.with(at, changed(value[at], { way: rest, put, remove }));
  }
  if (typeof value !== 'object' || value === null) return put;
  const keys = Object.keys(value);
  if (keys.length === 0) return { [MARK]: put };
  const key = keys[step % keys.length]!;
  const { [key]: inner, ...others } = value as Record<string, unknown>;
  if (rest.length > 0) return { ...others, [key]: changed(inner, { way: rest, put, remove }) };
  return remove ? others : { ...others, [key]: put };
}

/** The list in a body with its first two items only: as telling, and read faster. */
function short(value: unknown): unknown {
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>).map(([key, inner]) => [
      key,
      Array.isArray(inner) ? inner.slice(0, 2) : inner,
    ]),
  );
}
