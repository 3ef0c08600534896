import { keyOf } from '../../words/keys.js';
import {
  certificateEndOf,
  concern,
  findOperation,
  findServer,
  findUnlistedRow,
  missingDroplet,
  monthlyUsdOf,
  type ServerRow,
  serverRows,
  unlistedRowId,
} from '../../app/server-rows.js';
import type { AppState, ListSort } from '../../app/state.js';
import type { Operation } from '../../services/provisioning/operations.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import type { DetailRow, DetailsData } from '../../widgets/details.js';
import type { EmptyStateData } from '../../widgets/buttons.js';
import type { ListData, ListPosition } from '../../widgets/list.js';
import { glyph, join, link, style, type Text } from '../../widgets/markup.js';
import type { PanelData } from '../../widgets/panel.js';
import type { ChartPaneData } from '../../widgets/chart.js';
import {
  type Expiry,
  expiringNarrow,
  expiringText,
  expiryOf,
  tokenExpiry,
} from '../../words/expiry.js';
import { count, grouped, monthly, totalMonthly } from '../../words/formats.js';
import type { ScreenTitle } from '../shell/screen.js';
import type { UnlistedDroplet } from '../../services/provisioning/droplets/unlisted.js';
import {
  createdLine,
  latencyChart,
  operationDetails,
  operationNote,
  serverDetails,
  serverLines,
  workLines,
} from './details.view.js';
import { expiryOfRow, SERVER_COLUMNS, UNLISTED_SIGN, toListRows } from './columns.js';
import { inOrder } from './order.js';
import { firstKey } from '../shell/command.js';
import { SERVERS } from './servers.keys.js';

/** Facts of the servers screen besides the state. */
export interface ServersUi {
  readonly selected: string | undefined;
  /** Text of the filter; '' without one. */
  readonly filter?: string;
  readonly position?: ListPosition;
  /** Rows that are marked. */
  readonly marks?: number;
  /** Epoch, for ages; the views never ask a clock. */
  readonly now: number;
}

export interface ServersView {
  readonly title: ScreenTitle;
  /** `empty` when there is nothing to list. */
  readonly body: 'list' | 'empty';
  readonly list: ListData;
  readonly listPanel: PanelData;
  readonly details: DetailsData;
  readonly detailsPanel: PanelData;
  /** Chart below the details; undefined while there is nothing to draw. */
  readonly chart: ChartPaneData | undefined;
  readonly empty: EmptyStateData;
  /** State of the selected row below the list, in two lines at most, where the details have no room. */
  readonly note: readonly Text[];
  /** Above everything: servers.json cannot be read. */
  readonly problem: readonly Text[];
}

/** The servers list, with details of the selected row. Pure. */
export function serversView(state: AppState, ui: ServersUi): ServersView {
  const { loaded, error } = state.servers;
  // Wait for the servers: provisionings that are known first would take the selection.
  const rows = loaded ? inOrder(serverRows(state), state.servers.sort) : NO_ROWS;
  // A filter that nothing matches hides every row, and no fact of a hidden one is shown.
  const selected =
    ui.selected ?? (ui.filter === '' || ui.filter === undefined ? rows[0]?.id : undefined);
  const { sort } = state.servers;
  return {
    title: serversTitle(state, rows, ui.now),
    body: rows.length === 0 && loaded && error === undefined ? 'empty' : 'list',
    list: {
      columns: SERVER_COLUMNS,
      header: rows.length > 0,
      marking: true,
      sorted: sortedColumn(sort),
      rows: toListRows(rows, ui.now),
      empty:
        error !== undefined
          ? 'The list cannot be read.'
          : loaded
            ? 'No servers.'
            : 'Loading servers…',
    },
    listPanel: {
      title: 'Servers',
      right: listNote(sort, ui.marks ?? 0),
      foot: placeNote(ui.position),
    },
    ...detailsOf(state, selected, ui.now),
    empty: emptyState(state),
    problem: problemLines(state),
  };
}

function sortedColumn(sort: ListSort | undefined): ListData['sorted'] {
  const column = SERVER_COLUMNS.findIndex(({ id }) => id === sort?.column);
  return sort === undefined || column < 0 ? undefined : { column, descending: sort.descending };
}

/** `2 marked · sort: latency ↑` */
function listNote(sort: ListSort | undefined, marks: number): Text | undefined {
  const parts = [
    ...(marks === 0 ? [] : [style('accent', `${grouped(marks)} marked`)]),
    ...(sort === undefined ? [] : [`sort: ${sort.column} ${sort.descending ? '↓' : '↑'}`]),
  ];
  return parts.length === 0 ? undefined : join(parts, ' · ');
}

/** `12/1,000`: not for so few that all of them are seen at a glance. */
function placeNote(position: ListPosition | undefined): Text | undefined {
  if (position === undefined || position.total <= FEW_ROWS || position.shown === 0)
    return undefined;
  return `${grouped(position.at)}/${grouped(position.shown)}`;
}

function detailsOf(
  state: AppState,
  selected: string | undefined,
  now: number,
): Pick<ServersView, 'details' | 'detailsPanel' | 'chart' | 'note'> {
  const server = findServer(state, selected);
  if (server !== undefined) {
    const rows = serverDetails(server, state, now);
    const note = noteOf(server, state, now);
    return {
      details: { rows },
      detailsPanel: { title: server.label },
      chart: latencyChart(server.id, state, now),
      note: [
        ...note.slice(0, 1),
        note[1] ??
          unknownNote(server.id, state) ??
          expiryNote(server, state, now) ??
          link(server.panelUrl),
      ],
    };
  }
  const operation = findOperation(state, selected);
  if (operation !== undefined) {
    const rows = operationDetails(operation, now);
    const label = operation.request.label;
    const note = operationNote(operation);
    return { details: { rows }, detailsPanel: { title: label }, chart: undefined, note };
  }
  const unlisted = findUnlistedRow(state, selected);
  if (unlisted !== undefined) {
    const rows = unlistedDetails(unlisted, state, now);
    const title = unlisted.droplet.name;
    return {
      details: { rows },
      detailsPanel: { title },
      chart: undefined,
      note: unlistedNote(unlisted),
    };
  }
  return { details: { rows: [] }, detailsPanel: {}, chart: undefined, note: [] };
}

/** In one sentence where the list says the rest. */
function noteOf(server: ServerEntry, state: AppState, now: number): readonly Text[] {
  const lines = serverLines(server, state, now);
  const isGone = missingDroplet(state, server.id) === 'gone';
  return isGone ? [join([glyph('failed'), ' ', lines[1] ?? ''])] : lines;
}

function unknownNote(serverId: string, { droplets }: AppState): Text | undefined {
  const unknown = droplets.unknown.get(serverId);
  return unknown === undefined ? undefined : style('warn', `Droplet: ${unknown}`);
}

/** Way to another certificate, where this one ends soon. */
function expiryNote(server: ServerEntry, state: AppState, now: number): Text | undefined {
  const end = certificateEndOf(server.id, state);
  const expiry = end === undefined ? undefined : expiryOf(end, now);
  if (expiry === undefined) return undefined;
  const key = keyOf(server.authMethod === 'keychain' ? 'servers.recover' : 'servers.certificate');
  return style(expiry.isUrgent ? 'danger' : 'warn', `Its ${expiry.text}; ${key} replaces it.`);
}

const NO_ROWS: readonly ServerRow[] = [];
const UNFINISHED = ['interrupted', 'out-of-sight', 'failed-with-leftovers'] as const;
const FEW_ROWS = 9;

function serversTitle(state: AppState, rows: readonly ServerRow[], now: number): ScreenTitle {
  const { list } = state.servers;
  const { online, down, attention, expiries } = countRows(rows, now);
  const running = state.operations.list.filter(({ status }) => status === 'running');
  const making = running.filter(({ request }) => request.kind === undefined).length;
  const working = running.length - making;
  const cleaning = countOf(state, 'cleaning-up');
  // Count unfinished ones: they may cost money, and may be below the fold.
  const unfinished = UNFINISHED.reduce((sum, status) => sum + countOf(state, status), 0);
  const unlisted = state.droplets.unlisted.length;
  const all = count(list.length, 'server');
  const parts: string[] = [];
  if (down > 0) parts.push(`${grouped(down)} down`);
  if (attention > 0)
    parts.push(`${grouped(attention)} ${attention === 1 ? 'needs' : 'need'} attention`);
  const expiring = expiringParts(expiries, state);
  const before = [...parts];
  parts.push(...expiring.parts);
  if (making > 0) parts.push(`${making} being created`);
  if (working > 0) parts.push(`${working} in progress`);
  if (cleaning > 0) parts.push(`${cleaning} being cleaned up`);
  if (unfinished > 0) parts.push(`${unfinished} unfinished`);
  if (unlisted > 0) parts.push(`${unlisted} unlisted`);
  const isAlarm = down > 0 || expiring.isUrgent;
  const isWarning = attention + unfinished + unlisted + expiring.parts.length > 0;
  const colour = isAlarm ? 'danger' : isWarning ? 'warn' : 'muted';
  const cost = costOfAll(rows, state);
  const alternatives = [
    [all, `${grouped(online)} online`, ...parts, ...cost],
    [all, ...parts, ...cost],
    [all, ...parts],
    parts.length === 0 ? [all] : parts,
    ...(expiring.narrow.length === 0 ? [] : [[...before, ...expiring.narrow]]),
  ];
  return {
    breadcrumb: ['Servers'],
    middle:
      list.length + making + working + cleaning + unfinished + unlisted > 0
        ? alternatives.map((each) => style(colour, each.join(' · ')))
        : undefined,
  };
}

/** Counts the servers among the rows in one go: there may be a thousand, for each frame. */
function countRows(rows: readonly ServerRow[], now: number) {
  const counts = { online: 0, down: 0, attention: 0, expiries: [] as Expiry[] };
  for (const row of rows) {
    if (row.kind !== 'server') continue;
    if (row.health?.health.state === 'online') counts.online += 1;
    const urgency = concern(row);
    if (urgency === 'down' || urgency === 'attention') counts[urgency] += 1;
    const expiry = expiryOfRow(row, now);
    if (expiry !== undefined) counts.expiries.push(expiry);
  }
  return counts;
}

/** Certificates and a token that end soon, counted. */
function expiringParts(
  expiries: readonly Expiry[],
  { tokenDays }: AppState,
): {
  readonly parts: readonly string[];
  readonly narrow: readonly string[];
  readonly isUrgent: boolean;
} {
  const token = tokenDays === undefined ? [] : [tokenExpiry(tokenDays)];
  return {
    parts: [
      ...(expiries.length === 0 ? [] : [expiringText(expiries)]),
      ...token.map(({ text }) => text),
    ],
    narrow: [
      ...(expiries.length === 0 ? [] : [expiringNarrow(expiries)]),
      ...token.map(({ text }) => text),
    ],
    isUrgent: [...expiries, ...token].some(({ isUrgent }) => isUrgent),
  };
}

/** Monthly cost of all rows whose price is known. */
function costOfAll(rows: readonly ServerRow[], state: AppState): readonly string[] {
  const total = totalMonthly(rows.map((row) => monthlyUsdOf(row, state)));
  return total === undefined ? [] : [total];
}

function countOf({ operations }: AppState, status: Operation['status']): number {
  return operations.list.filter((operation) => operation.status === status).length;
}

function emptyState(state: AppState): EmptyStateData {
  const { environment } = state;
  const choices = [
    choice(
      state,
      'servers.create',
      'Create a new server',
      `takes about ${environment.sandbox ? 'half a minute' : 'five minutes'}`,
    ),
    choice(state, 'servers.add', 'Add an existing server', 'by the address of its panel'),
  ];
  const sandbox = choice(state, 'servers.sandbox', 'Try the sandbox', 'nothing to sign up for');
  return {
    title: 'No servers yet',
    lines: [
      'A Portlama server makes services on your machines reachable.',
      'This program creates one on DigitalOcean and sets it up.',
      'You need an API token; the wizard shows how to create one.',
    ],
    choices: environment.sandbox ? choices : [...choices, sandbox],
  };
}

/** A command of this screen under another name. */
function choice(
  state: AppState,
  id: string,
  label: string,
  detail: string,
): EmptyStateData['choices'][number] {
  const key = firstKey(
    SERVERS.find((command) => command.id === id)!,
    state,
  );
  return { id, key: key!, label, detail };
}

function problemLines(state: AppState): readonly Text[] {
  const { error } = state.servers;
  if (error === undefined) return [];
  const first = join([glyph('failed'), ' ', style('danger', error.message)]);
  const lines = error.hint === undefined ? [first] : [first, error.hint];
  if (error.code !== 'registry-unreadable') return lines;
  return [...lines, join([style('accent', 'R'), ' restores the newest backup.'])];
}

/** Facts about an unlisted droplet, for the pane beside the list. Pure. */
function unlistedDetails(
  { droplet, operationId }: UnlistedDroplet,
  state: AppState,
  now: number,
): readonly DetailRow[] {
  const { id, sizeSlug, regionSlug, publicIpv4, createdAt } = droplet;
  const rows: DetailRow[] = [
    {
      label: 'Status',
      value: [
        ...workLines(unlistedRowId(id), state),
        join([glyph(UNLISTED_SIGN[0]), ' ', UNLISTED_SIGN[1], ' droplet']),
      ],
    },
    { label: 'Cost', value: style('warn', costText(droplet)) },
    { label: 'Droplet', value: [String(id), `${sizeSlug} · ${droplet.status}`] },
    { label: 'Region', value: regionSlug },
    { label: 'Address', value: publicIpv4 ?? 'none' },
    { label: 'Created', value: createdLine(createdAt, now) },
  ];
  if (operationId !== undefined)
    rows.push({ label: 'Created by', value: `a provisioning, ${operationId}` });
  rows.push({
    label: '',
    value: style('muted', `Press Enter to adopt it, ${keyOf('servers.destroy')} to destroy it.`),
  });
  return rows;
}

/** State of an unlisted droplet, in two lines. Pure. */
function unlistedNote({ droplet }: UnlistedDroplet): readonly Text[] {
  const where = [`Droplet ${droplet.id}`, droplet.regionSlug, droplet.publicIpv4];
  return [
    join([glyph(UNLISTED_SIGN[0]), ' ', UNLISTED_SIGN[1], ` droplet, ${costText(droplet)}`]),
    where.filter((part) => part !== undefined).join(', '),
  ];
}

function costText({ priceMonthlyUsd }: UnlistedDroplet['droplet']): string {
  return priceMonthlyUsd === undefined ? 'costs money' : monthly(priceMonthlyUsd);
}
