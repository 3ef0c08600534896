import {
  findOperation,
  findServer,
  findStrayRow,
  serverRows,
  strayRowId,
} from '../../app/server-rows.js';
import type { AppState } from '../../app/state.js';
import type { Operation } from '../../services/provisioning/operations.js';
import type { DetailRow, DetailsData } from '../../widgets/details.js';
import type { EmptyStateData } from '../../widgets/buttons.js';
import type { ListData } from '../../widgets/list.js';
import { glyph, join, link, style, type Text } from '../../widgets/markup.js';
import type { PanelData } from '../../widgets/panel.js';
import type { SparklineData } from '../../widgets/sparkline.js';
import { count, monthly } from '../../words/formats.js';
import type { ScreenTitle } from '../shell/screen.js';
import type { Stray } from '../../services/provisioning/droplets/strays.js';
import {
  createdLine,
  latencyChart,
  operationDetails,
  operationNote,
  serverDetails,
  serverLines,
  workLines,
} from './details.view.js';
import { SERVER_COLUMNS, STRAY_SIGN, toListRow } from './columns.js';
import { SERVERS } from './servers.keys.js';

/** Facts of the servers screen besides the state. */
export interface ServersUi {
  readonly selected: string | undefined;
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
  readonly chart: SparklineData | undefined;
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
  const rows = loaded ? serverRows(state) : [];
  const selected = ui.selected ?? rows[0]?.id;
  return {
    title: serversTitle(state),
    body: rows.length === 0 && loaded && error === undefined ? 'empty' : 'list',
    list: {
      columns: SERVER_COLUMNS,
      rows: rows.map(toListRow),
      empty:
        error !== undefined
          ? 'The list cannot be read.'
          : loaded
            ? 'No servers.'
            : 'Loading servers…',
    },
    listPanel: { title: 'Servers', right: filterNote(rows.length) },
    ...detailsOf(state, selected, ui.now),
    empty: emptyState(state),
    problem: problemLines(state),
  };
}

function filterNote(rows: number): Text | undefined {
  return rows > 9 ? String(rows) : undefined;
}

function detailsOf(
  state: AppState,
  selected: string | undefined,
  now: number,
): Pick<ServersView, 'details' | 'detailsPanel' | 'chart' | 'note'> {
  const server = findServer(state, selected);
  if (server !== undefined) {
    const rows = serverDetails(server, state, now);
    const note = serverLines(server, state, now);
    return {
      details: { rows },
      detailsPanel: { title: server.label },
      chart: latencyChart(state.health.get(server.id)),
      note: [...note.slice(0, 1), note[1] ?? link(server.panelUrl)],
    };
  }
  const operation = findOperation(state, selected);
  if (operation !== undefined) {
    const rows = operationDetails(operation, now);
    const label = operation.request.label;
    const note = operationNote(operation);
    return { details: { rows }, detailsPanel: { title: label }, chart: undefined, note };
  }
  const stray = findStrayRow(state, selected);
  if (stray !== undefined) {
    const rows = strayDetails(stray, state, now);
    const title = stray.droplet.name;
    return { details: { rows }, detailsPanel: { title }, chart: undefined, note: strayNote(stray) };
  }
  return { details: { rows: [] }, detailsPanel: {}, chart: undefined, note: [] };
}

const UNFINISHED = ['interrupted', 'out-of-sight', 'failed-with-leftovers'] as const;

function serversTitle(state: AppState): ScreenTitle {
  const { list } = state.servers;
  const online = list.filter(({ id }) => state.health.get(id)?.health.state === 'online').length;
  const making = countOf(state, 'running');
  const cleaning = countOf(state, 'cleaning-up');
  // Count unfinished ones: they may cost money, and may be below the fold.
  const unfinished = UNFINISHED.reduce((sum, status) => sum + countOf(state, status), 0);
  const strays = state.droplets.strays.length;
  const parts = [count(list.length, 'server'), `${online} online`];
  if (making > 0) parts.push(`${making} being created`);
  if (cleaning > 0) parts.push(`${cleaning} being cleaned up`);
  if (unfinished > 0) parts.push(`${unfinished} unfinished`);
  if (strays > 0) parts.push(`${strays} unlisted`);
  return {
    breadcrumb: ['Servers'],
    middle:
      list.length + making + cleaning + unfinished + strays > 0
        ? style('muted', parts.join(' · '))
        : undefined,
  };
}

function countOf({ operations }: AppState, status: Operation['status']): number {
  return operations.list.filter((operation) => operation.status === status).length;
}

function emptyState({ environment }: AppState): EmptyStateData {
  const choices = [
    choice(
      'servers.create',
      'Create a new server',
      `takes about ${environment.sandbox ? 'half a minute' : 'five minutes'}`,
    ),
    choice('servers.add', 'Add an existing server', 'by the address of its panel'),
  ];
  const sandbox = choice('servers.sandbox', 'Try the sandbox', 'nothing to sign up for');
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
function choice(id: string, label: string, detail: string): EmptyStateData['choices'][number] {
  const [key] = SERVERS.find((command) => command.id === id)!.keys;
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

/** Facts about a stray, for the pane beside the list. Pure. */
function strayDetails(
  { droplet, operationId }: Stray,
  state: AppState,
  now: number,
): readonly DetailRow[] {
  const { id, sizeSlug, regionSlug, publicIpv4, createdAt } = droplet;
  const rows: DetailRow[] = [
    {
      label: 'Status',
      value: [
        ...workLines(strayRowId(id), state),
        join([glyph(STRAY_SIGN[0]), ' ', STRAY_SIGN[1], ' droplet']),
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
    value: style('muted', 'Press Enter to adopt it, d to destroy it.'),
  });
  return rows;
}

/** State of a stray, in two lines. Pure. */
function strayNote({ droplet }: Stray): readonly Text[] {
  const where = [`Droplet ${droplet.id}`, droplet.regionSlug, droplet.publicIpv4];
  return [
    join([glyph(STRAY_SIGN[0]), ' ', STRAY_SIGN[1], ` droplet, ${costText(droplet)}`]),
    where.filter((part) => part !== undefined).join(', '),
  ];
}

function costText({ priceMonthlyUsd }: Stray['droplet']): string {
  return priceMonthlyUsd === undefined ? 'costs money' : monthly(priceMonthlyUsd);
}
