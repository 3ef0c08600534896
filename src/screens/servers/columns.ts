import { missingDroplet, type ServerRow, stepCount } from '../../app/server-rows.js';
import type { AppState, ServerHealth } from '../../app/state.js';
import type { Health } from '../../services/health/health.js';
import type { Operation } from '../../services/provisioning/operations.js';
import type { Stray } from '../../services/provisioning/strays.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import type { Column, ListRow } from '../../widgets/list.js';
import { glyph, join, type Markup, style, type Text } from '../../widgets/markup.js';
import type { GlyphName, StyleName } from '../../widgets/theme.js';
import { stepTitle } from '../../app/step-titles.js';
import { milliseconds } from '../shell/wording.js';

/** Labels are told apart by this much of them, as a rule. */
const LABEL_LEAST = 12;
/** A part of an address is no use to anybody. */
const IPV4_COLUMNS = 15;

/**
 * State, label, badge, state in words, region, address, latency, provider. Where it is narrow the provider goes first,
 * then labels are cut; then go the address and the latency, which the lines below the list still tell, the region, and
 * the badge. The state in words stays: a sign alone says too little.
 */
export const SERVER_COLUMNS: readonly Column[] = [
  { width: 1, priority: Infinity },
  { width: 'content', min: LABEL_LEAST, max: 32, priority: Infinity },
  { width: 'content', max: 6, priority: 5 },
  { width: 'content', max: 19, priority: Infinity },
  { width: 'content', min: 4, max: 8, priority: 4 },
  { width: 'content', min: IPV4_COLUMNS, max: 40, priority: 2 },
  { width: 8, align: 'right', priority: 3 },
  { width: 'content', max: 12, priority: 1, spare: true },
];

/** Rows as they were made last, with what they were made of: of 1,000 servers one is other than before. */
const made = new WeakMap<object, { readonly of: readonly unknown[]; readonly row: ListRow }>();

/** A server, a provisioning or a stray as a row of the list; the very same row as long as it says the same. */
export function toListRow(row: ServerRow, state: AppState): ListRow {
  const busy = state.running.some(({ subject }) => subject === row.id);
  const { id } = row;
  switch (row.kind) {
    case 'server': {
      const health = state.health.get(id);
      const missing = missingDroplet(state, id);
      return remembered(row.server, [health, missing, busy], () => ({
        id,
        cells: serverCells(
          row.server,
          health,
          busy ? WORK_SIGN : serverSign(row.server, state, IN_A_ROW),
        ),
      }));
    }
    case 'operation':
      return remembered(row.operation, [], () => ({ id, cells: operationCells(row.operation) }));
    case 'stray':
      return remembered(row.stray, [busy], () => ({
        id,
        cells: strayCells(row.stray, busy ? WORK_SIGN : STRAY_SIGN),
      }));
  }
}

function remembered(key: object, of: readonly unknown[], make: () => ListRow): ListRow {
  const last = made.get(key);
  if (last !== undefined && of.every((part, index) => part === last.of[index])) return last.row;
  const row = make();
  made.set(key, { of, row });
  return row;
}

function serverCells(
  server: ServerEntry,
  health: ServerHealth | undefined,
  [sign, word]: Sign,
): readonly Text[] {
  return [
    glyph(sign),
    server.active ? style('strong', server.label) : server.label,
    server.active ? style('badge', 'ACTIVE') : '',
    word,
    server.region ?? '–',
    addressOf(server),
    latencyOf(health),
    style('muted', server.provider === undefined ? 'manual' : 'DigitalOcean'),
  ];
}

/** A droplet that costs money and that no list has. */
function strayCells({ droplet }: Stray, [sign, word]: Sign): readonly Text[] {
  const { name, regionSlug, publicIpv4 } = droplet;
  const provider = style('muted', 'DigitalOcean');
  return [glyph(sign), name, '', word, regionSlug, publicIpv4 ?? '–', '–', provider];
}

export const STRAY_SIGN: Sign = ['warning', style('warn', 'stray')];

/** Something is being done with it right now. */
const WORK_SIGN: Sign = ['spinner', style('accent', 'working')];

/** How a server is; that its droplet is gone says more than that its panel does not answer. */
export function serverSign(
  { id }: Pick<ServerEntry, 'id'>,
  state: AppState,
  words: Words = {},
): Sign {
  if (missingDroplet(state, id) === 'gone') return ['failed', style('danger', 'droplet is gone')];
  return healthSign(state.health.get(id)?.health, words);
}

type Sign = readonly [GlyphName, Markup];

/** Other words for a state than the usual ones. */
type Words = Partial<Readonly<Record<Health['state'], string>>>;

/** One long word takes its columns from every row; the whole of it is beside or below the list. */
const IN_A_ROW: Words = {
  'certificate-needed': 'cert. needed',
  'certificate-changed': 'cert. changed',
};

/** How a server is, as a sign and in words. */
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

function addressOf({ domain, ip, panelUrl }: ServerEntry): string {
  return domain ?? (ip === '' ? panelUrl.replace(/^https:\/\//, '') : ip);
}

function latencyOf(health: ServerHealth | undefined): Text {
  return health?.health.state === 'online' ? milliseconds(health.health.latencyMs) : '–';
}

function operationCells(operation: Operation): readonly Text[] {
  const [sign, word] = operationSign(operation);
  const { at, total } = stepCount(operation);
  const current = operation.steps.find(({ status }) => status === 'running' || status === 'failed');
  const progress =
    operation.status === 'running' && current !== undefined
      ? [` ${at}/${total}  `, stepTitle(current.id)]
      : current === undefined
        ? []
        : ['  ', stepTitle(current.id)];
  return [glyph(sign), operation.request.label, join([word, ...progress])];
}

/** How a provisioning is, as a sign and in words. */
export function operationSign(operation: Operation): Sign {
  switch (operation.status) {
    case 'running':
      return ['partial', style('accent', 'provisioning')];
    case 'cleaning-up':
      return ['partial', style('warn', 'cleaning up')];
    case 'interrupted':
      return ['warning', style('warn', 'interrupted')];
    case 'failed':
      return ['failed', style('danger', operation.cancelled ? 'cancelled' : 'failed')];
    case 'failed-with-leftovers':
      return ['failed', style('danger', 'failed, something is left')];
    case 'succeeded':
      return ['ok', style('ok', 'ready, something is left')];
  }
}
