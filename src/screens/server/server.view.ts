import { keyOf } from '../../words/keys.js';
import { DAY_MS } from '../../core/time.js';
import { findServer } from '../../app/server-rows.js';
import {
  barsOf,
  bucketsOf,
  historyOf,
  outagesIn,
  type ServerHistory,
  uptimeOf,
} from '../../app/server-history.js';
import type { AppState, MachineUse, ServerPage as PageState } from '../../app/state.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import { chartColumns, type ChartData, type ChartTick, shareStrip } from '../../widgets/chart.js';
import type { DetailRow } from '../../widgets/details.js';
import { formatDuration, join, style, target, type Text } from '../../widgets/markup.js';
import { targetOfKey } from '../../widgets/pointer.js';
import type { Section, SectionsData } from '../../widgets/sections.js';
import {
  count,
  dayMonthOf,
  lengthOf,
  milliseconds,
  minuteOf,
  monthly,
  shareText,
  whenOf,
} from '../../words/formats.js';
import { expiryDate } from '../../words/expiry.js';
import { causeText } from '../../words/offline.js';
import { serviceText, statsText } from '../../words/status.js';
import { panelVersionText } from '../../words/updates.js';
import type { Button, ButtonsData } from '../../widgets/buttons.js';
import { type Command, firstKey, type KeyScope } from '../shell/command.js';
import type { ScreenTitle } from '../shell/screen.js';
import { type Span, spanCommand, spanKey, SPANS } from './spans.js';

export interface ServerView {
  readonly title: ScreenTitle;
  readonly sections: SectionsData;
  readonly buttons: ButtonsData;
}

export interface ServerPage {
  readonly serverId: string;
  /** Facts as beside the list. */
  readonly details: (server: ServerEntry, state: AppState, now: number) => readonly DetailRow[];
  /** Commands of the list, for the buttons. */
  readonly commands: readonly Command[];
}

/** Facts of the page besides the state. */
export interface ServerUi {
  /** Epoch, for ages; the views never ask a clock. */
  readonly now: number;
  readonly span: Span;
  /** Columns of the whole page. */
  readonly columns: number;
}

const CHART_LEAST_ROWS = 5;
const CHART_MOST_ROWS = 24;
/** Borders of the page, and a blank. */
const BESIDE_CHART = 3;

/** The page of a server. Pure. */
export function serverView(
  state: AppState,
  { serverId, details, commands }: ServerPage,
  ui: ServerUi,
): ServerView {
  const server = findServer(state, serverId);
  if (server === undefined) return NO_SERVER;
  const page = state.page?.serverId === serverId ? state.page : undefined;
  const history = historyOf(state, serverId);
  const rows = details(server, state, ui.now);
  const known = state.health.get(serverId)?.health.state;
  const isDown = known === 'offline' || known === 'certificate-changed';
  const facts: Section = {
    title: style('strong', server.label),
    right: join(
      [
        ...(server.region === undefined ? [] : [style('muted', server.region)]),
        ...(server.active ? [style('badge', 'ACTIVE')] : []),
      ],
      ' ',
    ),
    content: { kind: 'rows', rows: factRows(rows, server, page, history, ui.now, isDown) },
  };
  const sections = [
    facts,
    latencySection(history, ui, state),
    machineSection(page, state.machineUse.get(serverId), ui.columns, known === 'online'),
    eventsSection(server, state, page, ui.now),
  ];
  const buttons = fitting(buttonsOf(commands, { state, selected: serverId }), ui.columns);
  return { title: { breadcrumb: [server.label] }, sections: { sections }, buttons: { buttons } };
}

const NO_SERVER: ServerView = {
  title: { breadcrumb: [] },
  sections: { sections: [] },
  buttons: { buttons: [] },
};

export const SET_ACTIVE = 'servers.activate';
export const UNDO = 'servers.undo-activate';

/** The main actions, by the ids of their commands. */
const BUTTONS = [
  ['servers.panel', 'Panel'],
  [SET_ACTIVE, 'Set active'],
  [UNDO, 'Undo set active'],
  ['servers.set-up', 'Set up'],
  ['servers.update', 'Update'],
  ['servers.certificate', 'Certificate'],
  ['servers.ssh', 'SSH'],
  ['servers.power', 'Power'],
  ['servers.destroy', ''],
] as const;

function buttonsOf(commands: readonly Command[], scope: KeyScope): readonly Button[] {
  const undo = commands.find(({ id }) => id === UNDO)?.hidden?.(scope) === false;
  const isActive = findServer(scope.state, scope.selected)?.active === true;
  return BUTTONS.flatMap(([id, name]): readonly Button[] => {
    const command = commands.find((each) => each.id === id);
    if (command === undefined || command.hidden?.(scope) === true) return [];
    // One of the two: what was set active can be undone.
    if (id === SET_ACTIVE && isActive && undo) return [];
    if (id === UNDO && !isActive) return [];
    const disabled = command.disabled?.(scope);
    // Either of the two: a domain is set up once, and updates come after that.
    if (id === 'servers.set-up' && disabled !== undefined) return [];
    if (id === 'servers.update' && whyNot(commands, 'servers.set-up', scope) === undefined)
      return [];
    const { label } = command;
    const word = name === '' ? capitalized(typeof label === 'string' ? label : label(scope)) : name;
    return [{ id, label: word, disabled, danger: id === 'servers.destroy' }];
  });
}

/** The first to go where the row is too narrow for all; their keys stay. */
const SPARE = ['servers.power', 'servers.ssh', 'servers.certificate'];

function fitting(buttons: readonly Button[], columns: number): readonly Button[] {
  const wide = buttons.reduce((sum, { label }) => sum + label.length + '[] '.length, 0);
  const spare = SPARE.find((id) => buttons.some((button) => button.id === id));
  if (wide < columns || spare === undefined) return buttons;
  return fitting(
    buttons.filter(({ id }) => id !== spare),
    columns,
  );
}

function whyNot(commands: readonly Command[], id: string, scope: KeyScope): string | undefined {
  return commands.find((command) => command.id === id)?.disabled?.(scope);
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The facts beside the list, with what only the page knows. */
function factRows(
  rows: readonly DetailRow[],
  server: ServerEntry,
  page: PageState | undefined,
  history: ServerHistory | undefined,
  now: number,
  isDown: boolean,
): readonly DetailRow[] {
  const { note, cause, droplet, account } = page ?? {};
  const noted: readonly DetailRow[] = note === undefined ? [] : [{ label: 'Note', value: note }];
  const why: readonly DetailRow[] =
    isDown && cause !== undefined
      ? [{ label: 'Why', value: style('warn', causeText(server, cause, droplet)) }]
      : [];
  const all = [...rows.slice(0, 1), ...why, ...rows.slice(1), ...noted];
  // Where there are several accounts they have a row of their own.
  const isOneOfMany = rows.some(({ label }) => label === 'Account');
  return all.flatMap((row) => {
    // The chart says more.
    if (row.label === 'Latency') return [];
    if (row.label === 'Status' && history !== undefined)
      return [row, { label: 'Uptime', value: uptimeLines(history, server, now) }];
    if (row.label === 'Droplet' && page?.droplet !== undefined)
      return [{ label: row.label, value: dropletLine(page.droplet) }];
    if (row.label === (isOneOfMany ? 'Account' : 'Created') && account !== undefined)
      return [{ ...row, value: join([row.value, isOneOfMany ? ', ' : ' in ', account].flat()) }];
    if (row.label === 'Cert') return withToken(row, page?.tokenExpiresAt, now);
    return [row];
  });
}

/** The certificate, and behind it the expiry of the token that answered for the droplet. */
function withToken(
  row: DetailRow,
  expiresAt: PageState['tokenExpiresAt'],
  now: number,
): readonly DetailRow[] {
  if (expiresAt === undefined) return [row];
  const [certificate, ...others] = [row.value].flat();
  const token = tokenText(expiresAt, now);
  const value =
    others.length === 0 && certificate !== undefined
      ? join([certificate, ' · ', token])
      : [row.value, token].flat();
  return [{ label: row.label, value }];
}

function tokenText(expiresAt: number | 'never', now: number): Text {
  if (expiresAt === 'never') return 'token does not expire';
  const { text, nearness } = expiryDate(expiresAt, now);
  if (nearness === 'far') return `token until ${text}`;
  return style(nearness === 'soon' ? 'warn' : 'danger', `token until ${text}`);
}

function uptimeLines(
  history: ServerHistory,
  { createdAt }: ServerEntry,
  now: number,
): readonly Text[] {
  const made = Date.parse(createdAt);
  const share = (name: string, ms: number): string => {
    // A younger server was not there to be watched.
    const from = Math.max(now - ms, Number.isNaN(made) ? 0 : made);
    const { up, watched } = uptimeOf(history, from, now);
    if (up === undefined) return `${name} not watched`;
    return `${name} ${shareText(up)}${watched > 0.995 ? '' : ` (${shareOf(watched)} watched)`}`;
  };
  const outages = outagesIn(history, now - 30 * DAY_MS, now);
  const last = outages.at(-1);
  const longest = Math.max(0, ...outages.map(({ from, to }) => (to ?? now) - from));
  return [
    `${share('24 h', DAY_MS)} · ${share('30 d', 30 * DAY_MS)}`,
    last === undefined
      ? style('muted', 'no outage seen in 30 days')
      : `${count(outages.length, 'outage')}, longest ${lengthOf(longest)}, last ${whenOf(last.from, now)}`,
  ];
}

/** `12 %`, `< 1 %` */
function shareOf(watched: number): string {
  return watched < 0.01 ? '< 1 %' : `${Math.floor(watched * 100)} %`;
}

function dropletLine({
  id,
  status,
  sizeSlug,
  priceMonthlyUsd,
}: NonNullable<PageState['droplet']>): Text {
  const price = priceMonthlyUsd === undefined ? [] : [monthly(priceMonthlyUsd)];
  const isActive = status === 'active';
  const facts = [String(id), isActive ? status : style('warn', status), sizeSlug, ...price];
  return join(facts, ' · ');
}

function latencySection(
  history: ServerHistory | undefined,
  ui: ServerUi,
  state: AppState,
): Section {
  const { span, now, columns } = ui;
  const spans = SPANS.map(({ name }, index) => {
    const word = name === span.name ? style('strong', `[${name}]`) : style('muted', name);
    const key = firstKey({ id: spanCommand(name), keys: [spanKey(index)] }, state);
    return key === undefined ? word : target(targetOfKey(key), word);
  });
  const right = join(spans, ' ');
  if (history === undefined)
    return { title: 'Latency', right, content: { kind: 'lines', lines: ['Reading the history…'] } };
  const wide = chartColumns(columns - BESIDE_CHART);
  const bars = bucketsOf(history, now - span.ms, now, Math.min(wide, span.mostBars));
  const looks = bars.reduce((sum, bar) => sum + bar.count, 0);
  const failed = bars.reduce((sum, bar) => sum + bar.failed, 0);
  const means = bars.flatMap(({ latency }) => (latency === undefined ? [] : [latency]));
  const range =
    means.length === 0
      ? ''
      : `, ${milliseconds(Math.min(...means.map(({ min }) => min)))} to ${milliseconds(Math.max(...means.map(({ max }) => max)))}`;
  const failures = failed === 0 ? '' : style('danger', `, ${failed} failed`);
  const title = join(['Latency', looks === 0 ? ', not watched' : range, failures]);
  const chart: ChartData = {
    bars: barsOf(bars),
    unit: 'ms',
    ticks: ticksOf(span, now, wide),
    end: 'now',
  };
  const content = {
    kind: 'chart',
    chart,
    least: CHART_LEAST_ROWS,
    most: CHART_MOST_ROWS,
  } as const;
  return { title, right, content };
}

const MINUTE_MS = 60_000;
const STEPS_MS = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 7_200, 14_400].map(
  (minutes) => minutes * MINUTE_MS,
);
/** A label and the room beside it. */
const TICK_COLUMNS = 9;

/** Round times of the day here, as many as have room. */
function ticksOf({ ms }: Span, now: number, columns: number): readonly ChartTick[] {
  const least = (ms * TICK_COLUMNS) / Math.max(1, columns);
  const step = STEPS_MS.find((each) => each >= least) ?? STEPS_MS.at(-1)!;
  const from = now - ms;
  const away = new Date(now).getTimezoneOffset() * MINUTE_MS;
  const first = Math.ceil((from - away) / step) * step + away;
  const ticks: ChartTick[] = [];
  for (let at = first; at < now; at += step)
    ticks.push({ at: (at - from) / ms, label: ms > DAY_MS ? dayMonthOf(at) : minuteOf(at) });
  return ticks;
}

function machineSection(
  page: PageState | undefined,
  uses: readonly MachineUse[] | undefined,
  columns: number,
  isOnline: boolean,
): Section {
  const title = 'Machine';
  const { machine } = page ?? {};
  if (machine === undefined || !isOnline) {
    const why =
      isOnline && page?.wantsCode === true
        ? `The panel requires a code of its second factor first: press ${keyOf('servers.team')} to type it.`
        : 'Not known: the panel does not report it.';
    const lines = [style('muted', why)];
    return { title, content: { kind: 'lines', lines } };
  }
  const { inside, version } = machine;
  const panel = version === undefined ? undefined : panelVersionText(version, page?.newest);
  const right = panel?.isOld === true ? style('warn', panel.text) : panel?.text;
  if (inside === undefined) {
    const lines = [style('muted', 'CPU, memory, disk and services are shown after the set-up.')];
    return { title, right, content: { kind: 'lines', lines } };
  }
  const services = inside.services.map((service) =>
    service.status === 'active' ? serviceText(service) : style('danger', serviceText(service)),
  );
  const lines = [statsText(inside.stats), ...useLine(uses ?? [], columns), join(services, '   ')];
  return { title, right, content: { kind: 'lines', lines } };
}

/** Columns of the line without its strips. */
const USE_WORDS = 'Lately CPU    Memory    Disk  '.length;

/** The last looks side by side, once there are two. */
function useLine(uses: readonly MachineUse[], columns: number): readonly Text[] {
  const room = Math.floor((columns - BESIDE_CHART - USE_WORDS) / 3);
  const shown = uses.slice(-Math.max(0, room));
  if (uses.length < 2 || shown.length < 2 || room < 2) return [];
  const part = (name: string, key: keyof MachineUse): Text =>
    join([`${name} `, shareStrip(shown.map((use) => use[key]))]);
  const parts = [part('CPU', 'cpu'), part('Memory', 'memory'), part('Disk', 'disk')];
  return [join([style('muted', 'Lately '), join(parts, '   ')])];
}

interface HappenedAt {
  readonly at: number;
  readonly text: Text;
}

const MOST_EVENTS = 50;

/** Newest first. */
function eventsSection(
  server: ServerEntry,
  state: AppState,
  page: PageState | undefined,
  now: number,
): Section {
  const { madeInMs } = page ?? {};
  const history = historyOf(state, server.id);
  const outages = (history?.outages ?? []).map(({ from, to }): HappenedAt => {
    const text =
      to === undefined
        ? style('danger', `offline for ${lengthOf(now - from)} now`)
        : `offline for ${lengthOf(to - from)}`;
    return { at: from, text };
  });
  const told = state.activity
    .filter(({ text, isHealth }) => isHealth !== true && isAbout(text, server.label))
    .map(({ at, text }): HappenedAt => ({ at, text }));
  const created = Date.parse(server.createdAt);
  const made = Number.isNaN(created) ? [] : [{ at: created, text: madeText(madeInMs) }];
  const events = [...outages, ...told, ...made].sort((one, other) => other.at - one.at);
  const shown = events
    .slice(0, MOST_EVENTS)
    .map(({ at, text }) => ({ when: whenOf(at, now), text }));
  const column = Math.max(...shown.map(({ when }) => when.length));
  const lines = shown.map(({ when, text }) =>
    join([style('muted', when.padEnd(column)), '  ', text]),
  );
  return { title: 'Events', content: { kind: 'lines', lines } };
}

function madeText(madeInMs: number | undefined): string {
  return madeInMs === undefined ? 'created' : `created in ${formatDuration(madeInMs)}`;
}

/** True for a text that has the label as a word. */
function isAbout(text: string, label: string): boolean {
  return text.split(/[\s:;,()“”"’]+/).some((word) => word.replace(/[.?!]$/, '') === label);
}
