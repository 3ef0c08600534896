import { concern, type ServerRow, stepCount } from '../../app/server-rows.js';
import type { Health } from '../../services/health/health.js';
import type { Operation } from '../../services/provisioning/operations.js';
import { barsOf } from '../../app/server-history.js';
import { strip } from '../../widgets/chart.js';
import type { Column, ListRow } from '../../widgets/list.js';
import { glyph, join, type Markup, plain, style, type Text } from '../../widgets/markup.js';
import type { GlyphName, StyleName } from '../../widgets/theme.js';
import { type Expiry, expiryOf } from '../../words/expiry.js';
import { upkeepWord } from '../../words/upkeep.js';
import { stepTitle } from '../../app/service-words.js';
import { dateOf, milliseconds, shareText } from '../../words/formats.js';

/** Labels are told apart by this much of them, as a rule. */
const LABEL_LEAST = 12;
/** Cells of a row that has room for facts which the page of a server shows as well. */
const WIDE_ROW = 100;
/** Longest IPv4 address in full: a part of one is useless. */
const IPV4_COLUMNS = 15;

/** A column of the list: where it stands, and what it says of a row. */
interface ServerColumn extends Column {
  readonly id: string;
  /** Undefined: the cell before it runs on to the end of the row. `now`: epoch milliseconds. */
  cell(row: ServerRow, now: number): Text | undefined;
  /** Value that rows are sorted by; undefined stands last in either direction. Left out: no order by this column. */
  readonly sort?: (row: ServerRow) => string | number | undefined;
}

/**
 * Order in a narrow terminal: the day it was created, the panel’s version and the uptime go first, then the strip of the
 * last 24 hours and the provider, then labels are cut; then go the latency, the region, the badge, which the title line
 * shows as well, the address, and a certificate that ends soon. The state in words stays: a sign alone says too little.
 */
export const SERVER_COLUMNS: readonly ServerColumn[] = [
  { id: 'sign', width: 1, cell: (row) => glyph(signOf(row)[0]) },
  {
    id: 'label',
    title: 'LABEL',
    width: 'content',
    min: LABEL_LEAST,
    max: 32,
    cell: (row) =>
      row.kind === 'server' && row.server.active ? style('strong', nameOf(row)) : nameOf(row),
    sort: nameOf,
  },
  {
    id: 'active',
    width: 'content',
    max: 6,
    drop: 4,
    cell: (row) => {
      if (row.kind === 'operation') return progressOf(row.operation);
      return row.kind === 'server' && row.server.active ? style('badge', 'ACTIVE') : '';
    },
  },
  {
    id: 'state',
    title: 'STATE',
    width: 'content',
    max: 19,
    cell: (row) => (row.kind === 'operation' ? undefined : signOf(row)[1]),
    sort: concernOf,
  },
  {
    id: 'certificate',
    title: 'CERT',
    width: 'content',
    drop: 6,
    sparse: true,
    cell: (row, now) => {
      if (row.kind === 'operation') return undefined;
      const expiry = expiryOfRow(row, now);
      if (expiry === undefined) return '';
      return style(expiry.isUrgent ? 'danger' : 'warn', expiry.short);
    },
    sort: firstEnd,
  },
  {
    id: 'region',
    title: 'REGION',
    width: 'content',
    min: 6,
    max: 8,
    drop: 3,
    cell: (row) => (row.kind === 'operation' ? undefined : (regionOf(row) ?? '–')),
    sort: regionOf,
  },
  {
    id: 'address',
    title: 'ADDRESS',
    width: 'content',
    min: IPV4_COLUMNS,
    max: 40,
    drop: 5,
    cell: (row) => (row.kind === 'operation' ? undefined : (addressOf(row) ?? '–')),
    sort: addressOf,
  },
  {
    id: 'latency',
    title: 'LATENCY',
    width: 8,
    align: 'right',
    drop: 2,
    cell: (row) => {
      if (row.kind === 'operation') return undefined;
      const ms = latencyOf(row);
      return ms === undefined ? '–' : milliseconds(ms);
    },
    sort: latencyOf,
  },
  {
    id: 'strip',
    title: '24 H',
    width: 8,
    drop: 0,
    spare: true,
    cell: (row) => {
      if (row.kind === 'operation') return undefined;
      return row.kind === 'server' && row.strip !== undefined ? strip(barsOf(row.strip)) : '';
    },
  },
  {
    id: 'uptime',
    title: 'UPTIME',
    width: 'content',
    align: 'right',
    drop: -1,
    spare: true,
    from: WIDE_ROW,
    cell: (row) => {
      if (row.kind === 'operation') return undefined;
      const up = uptimeOf(row);
      return up === undefined ? '–' : shareText(up);
    },
    sort: uptimeOf,
  },
  {
    id: 'provider',
    title: 'PROVIDER',
    width: 'content',
    max: 12,
    drop: 1,
    spare: true,
    cell: (row) => (row.kind === 'operation' ? undefined : style('muted', providerOf(row))),
    sort: providerOf,
  },
  {
    id: 'panel',
    title: 'PANEL',
    width: 'content',
    max: 12,
    drop: -2,
    spare: true,
    from: WIDE_ROW,
    cell: (row) => (row.kind === 'operation' ? undefined : (versionOf(row) ?? '–')),
    sort: versionOf,
  },
  {
    id: 'created',
    title: 'CREATED',
    width: 'content',
    drop: -3,
    spare: true,
    from: WIDE_ROW,
    cell: (row) => {
      if (row.kind === 'operation') return undefined;
      const created = createdOf(row);
      return created === undefined ? '–' : dateOf(created);
    },
    sort: createdOf,
  },
];

/** Name of a row in sentences. */
export function nameOf(row: ServerRow): string {
  if (row.kind === 'unlisted') return row.unlisted.droplet.name;
  return row.kind === 'operation' ? row.operation.request.label : row.server.label;
}

function regionOf(row: ServerRow): string | undefined {
  if (row.kind === 'operation') return row.operation.request.region;
  return row.kind === 'server' ? row.server.region : row.unlisted.droplet.regionSlug;
}

function addressOf(row: ServerRow): string | undefined {
  if (row.kind === 'operation') return undefined;
  if (row.kind === 'unlisted') return row.unlisted.droplet.publicIpv4;
  const { domain, ip, panelUrl } = row.server;
  return domain ?? (ip === '' ? panelUrl.replace(/^https:\/\//, '') : ip);
}

function latencyOf(row: ServerRow): number | undefined {
  const health = row.kind === 'server' ? row.health?.health : undefined;
  return health?.state === 'online' ? health.latencyMs : undefined;
}

/** Share of the looks of the last 24 hours that succeeded. */
function uptimeOf(row: ServerRow): number | undefined {
  const strip = row.kind === 'server' ? (row.strip ?? []) : [];
  const looks = strip.reduce((sum, { count }) => sum + count, 0);
  const failed = strip.reduce((sum, bucket) => sum + bucket.failed, 0);
  return looks === 0 ? undefined : (looks - failed) / looks;
}

function versionOf(row: ServerRow): string | undefined {
  const health = row.kind === 'server' ? row.health?.health : undefined;
  return health?.state === 'online' ? health.version : undefined;
}

function createdOf(row: ServerRow): number | undefined {
  if (row.kind === 'operation') return undefined;
  const { createdAt } = row.kind === 'server' ? row.server : row.unlisted.droplet;
  const at = Date.parse(createdAt);
  return Number.isNaN(at) ? undefined : at;
}

/** First end of a certificate of a row, epoch milliseconds. */
function firstEnd(row: ServerRow): number | undefined {
  if (row.kind !== 'server') return undefined;
  const { certificateEndsAt: one, publicEndsAt: other } = row;
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

/** The certificate of a row that ends first; undefined while there is time. */
export function expiryOfRow(row: ServerRow, now: number): Expiry | undefined {
  const end = firstEnd(row);
  return end === undefined ? undefined : expiryOf(end, now);
}

function providerOf(row: ServerRow): string {
  return row.kind === 'server' && row.server.provider === undefined ? 'manual' : 'DigitalOcean';
}

/** Rank of a state, what is down first. */
function concernOf(row: ServerRow): number {
  const ranks = { down: 0, attention: 1, working: 2, checking: 3, well: 4 } as const;
  return ranks[concern(row)];
}

/** Everything else that is known of a row, for the filter. */
function factsOf(row: ServerRow, now: number): string {
  if (row.kind === 'operation') {
    const { id, request, error } = row.operation;
    return [id, request.region, error?.message].join(' ');
  }
  if (row.kind === 'unlisted') {
    const { id, sizeSlug, status } = row.unlisted.droplet;
    return [id, sizeSlug, status].join(' ');
  }
  const { id, panelUrl, ip, providerId } = row.server;
  const health = row.health?.health;
  const said = health === undefined || health.state === 'checking' ? '' : healthFacts(health);
  const expiry = expiryOfRow(row, now)?.text;
  return [id, panelUrl, ip, providerId, plain(serverSign(row)[1]), said, expiry].join(' ');
}

function healthFacts(health: Exclude<Health, { state: 'checking' }>): string {
  return health.state === 'online' ? (health.version ?? '') : health.reason;
}

/** Rows of the list as they were made last: of 1,000 servers one is other than before. */
const made = new WeakMap<ServerRow, ListRow>();
const madeOf = new WeakMap<readonly ServerRow[], readonly ListRow[]>();

/** Rows as rows of the list; the same list of them while they are the same. */
export function toListRows(rows: readonly ServerRow[], now: number): readonly ListRow[] {
  const known = madeOf.get(rows) ?? rows.map((row) => toListRow(row, now));
  madeOf.set(rows, known);
  return known;
}

/**
 * A server, an operation or an unlisted droplet as a row of the list; the same object while its text is the same. Days to
 * the end of a certificate count from the last look, of which each makes a new row.
 */
function toListRow(row: ServerRow, now: number): ListRow {
  const known = made.get(row);
  if (known !== undefined) return known;
  const cells: Text[] = [];
  for (const column of SERVER_COLUMNS) {
    const cell = column.cell(row, now);
    if (cell === undefined) break;
    cells.push(cell);
  }
  const listRow = { id: row.id, cells, facts: factsOf(row, now) };
  made.set(row, listRow);
  return listRow;
}

/** Sign and words of a row. */
function signOf(row: ServerRow): Sign {
  if (row.kind === 'operation') return operationSign(row.operation);
  if (row.busy) return WORK_SIGN;
  return row.kind === 'unlisted' ? UNLISTED_SIGN : serverSign(row, IN_A_ROW);
}

export const UNLISTED_SIGN: Sign = ['warning', style('warn', 'unlisted')];

/** Something is being done with it right now. */
const WORK_SIGN: Sign = ['spinner', style('accent', 'working')];

/** Sign and words of a server; a missing droplet outranks a silent panel. */
export function serverSign(
  { missing, health }: Pick<Extract<ServerRow, { kind: 'server' }>, 'missing' | 'health'>,
  words: Words = {},
): Sign {
  if (missing === 'gone') return ['failed', style('danger', 'droplet is gone')];
  return healthSign(health?.health, words);
}

type Sign = readonly [GlyphName, Markup];

/** Replacements for the usual words of a state. */
type Words = Partial<Readonly<Record<Health['state'], string>>>;

/**
 * Short words for a row: one long word would widen the column of every row; the full one is beside or below the list.
 */
const IN_A_ROW: Words = {
  'certificate-needed': 'cert. needed',
  'certificate-changed': 'cert. changed',
};

/** Sign and words of a server's health. */
export function healthSign(health: Health | undefined, words: Words = {}): Sign {
  const state = health?.state ?? 'checking';
  const signs: Readonly<Record<Health['state'], readonly [GlyphName, StyleName, string]>> = {
    checking: ['checking', 'muted', 'checking'],
    online: ['online', 'ok', 'online'],
    offline: ['offline', 'danger', 'offline'],
    'certificate-needed': ['warning', 'warn', 'certificate needed'],
    'certificate-changed': ['failed', 'danger', 'certificate changed'],
  };
  const [sign, colour, word] = signs[state];
  return [sign, style(colour, words[state] ?? word)];
}

/** `provisioning 6/11  Connecting via SSH` */
function progressOf(operation: Operation): Text {
  const [, word] = operationSign(operation);
  const { at, total } = stepCount(operation);
  const current = operation.steps.find(({ status }) => status === 'running' || status === 'failed');
  if (current === undefined) return word;
  const place = operation.status === 'running' ? ` ${at}/${total}  ` : '  ';
  return join([word, place, stepTitle(current.id)]);
}

function endWord({ request }: Operation): string {
  if (request.kind === 'onboard') return 'set up: see how to log in';
  return request.kind === undefined ? 'ready; resources remain' : 'done';
}

function workWord({ request }: Operation): string {
  return request.kind === undefined ? 'provisioning' : upkeepWord(request);
}

/** Sign and words of an operation. */
export function operationSign(operation: Operation): Sign {
  switch (operation.status) {
    case 'running':
      return ['partial', style('accent', workWord(operation))];
    case 'cleaning-up':
      return ['partial', style('warn', 'cleaning up')];
    case 'interrupted':
      return ['warning', style('warn', 'interrupted')];
    case 'out-of-sight':
      return ['warning', style('warn', 'cannot tell from here')];
    case 'failed':
      return ['failed', style('danger', operation.cancelled ? 'cancelled' : 'failed')];
    case 'failed-with-leftovers':
      return ['failed', style('danger', 'failed; resources remain')];
    case 'succeeded':
      return ['ok', style('ok', endWord(operation))];
  }
}
