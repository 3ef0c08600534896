import { type Disposable, DisposableStore } from '../../src/core/lifecycle.js';
import { Buttons, EmptyState } from '../../src/widgets/buttons.js';
import { CardGrid } from '../../src/widgets/card-grid.js';
import { Checks } from '../../src/widgets/checks.js';
import { Details, Summary } from '../../src/widgets/details.js';
import { confirmation, Dialog } from '../../src/widgets/dialog.js';
import { Field, FIELD_HEIGHT } from '../../src/widgets/field.js';
import { Frame, type FrameData } from '../../src/widgets/frame.js';
import { Help } from '../../src/widgets/help.js';
import { columns, type LayoutLike, responsive, rows } from '../../src/widgets/layout.js';
import { List } from '../../src/widgets/list.js';
import { LogView } from '../../src/widgets/log-view.js';
import { elapsedSince, glyph, join, link, style } from '../../src/widgets/markup.js';
import { Palette } from '../../src/widgets/palette.js';
import { Panel, WidgetOverlay } from '../../src/widgets/panel.js';
import { Paragraph } from '../../src/widgets/paragraph.js';
import { Chart, strip } from '../../src/widgets/chart.js';
import { Steps } from '../../src/widgets/steps.js';
import { stepper } from '../../src/widgets/title-line.js';
import type { Terminal } from '../../src/widgets/terminal/terminal.js';
import { FocusRing, type Widget } from '../../src/widgets/widget.js';
import { WorldMap } from '../../src/widgets/world-map.js';

/** What a scene is made with; `words` is put on all text that could come from outside. */
export interface Stand {
  readonly terminal: Terminal;
  readonly frame: Frame;
  readonly ring: FocusRing;
  readonly words: (text: string) => string;
  readonly now: number;
  readonly add: <T extends Disposable>(item: T) => T;
  readonly panel: (title: string, content: LayoutLike, focus?: Widget) => Panel;
}

export type Scene = (stand: Stand) => void;

/** Every widget, as screens use it. */
export const GALLERY: Readonly<Record<string, Scene>> = {
  servers: showServers,
  'servers-pending': showPending,
  'empty-state': showEmptyState,
  'wizard-token': showToken,
  'wizard-region': showRegions,
  'wizard-summary': showSummary,
  'provisioning-running': (stand) => showProvisioning(stand, 'running'),
  'provisioning-failed': (stand) => showProvisioning(stand, 'failed'),
  'log-search': showLogSearch,
  confirm: showConfirm,
  help: showHelp,
  palette: showPalette,
  'log-overlay': showLogOverlay,
  chart: showChart,
};

/** Builds a scene in a frame of its own. Disposing takes all of it off the terminal. */
export function showScene(
  terminal: Terminal,
  scene: Scene,
  { words = (text: string) => text, now = Date.now() } = {},
): Disposable & Pick<Stand, 'frame' | 'ring'> {
  const parts = new DisposableStore();
  const add = <T extends Disposable>(item: T): T => parts.add(item);
  const frame = add(new Frame(terminal));
  const ring = new FocusRing([]);
  const panel = (title: string, content: LayoutLike, focus?: Widget): Panel =>
    add(
      new Panel(terminal, {
        content,
        data: { title: words(title) },
        ...(focus === undefined ? {} : { focus }),
      }),
    );
  scene({ terminal, frame, ring, words, now, add, panel });
  return { frame, ring, dispose: () => parts.dispose() };
}

function title({ words }: Stand, ...names: readonly string[]): FrameData {
  return {
    breadcrumb: ['portlama', ...names.map(words)],
    middle: '3 servers · 2 online',
    right: join([words('ops@example.com'), ' · ', words('fra1-edge')]),
    hints: [
      { keys: ['n'], label: 'new' },
      { keys: ['a'], label: 'add' },
      { keys: ['enter'], label: 'set active' },
      { keys: ['p'], label: 'panel' },
      { keys: ['y'], label: 'copy url' },
      { keys: ['d'], label: 'destroy', disabled: true },
      { keys: ['r'], label: 'refresh' },
      { keys: ['/'], label: 'filter' },
      { keys: ['?'], label: 'help' },
      { keys: ['q'], label: 'quit' },
    ],
  };
}

function serverList({ terminal, words, add }: Stand): List {
  const list = add(new List(terminal));
  list.set({
    columns: [
      { width: 1 },
      { width: { share: 1 }, min: 12, max: 24 },
      { width: 'content', drop: 4 },
      { width: 'content', drop: 2 },
      { width: 'content', drop: 3 },
      { width: 8, align: 'right', drop: 5 },
    ],
    rows: [
      {
        id: 'fra1',
        cells: [
          glyph('online'),
          words('fra1-edge'),
          style('badge', ' ACTIVE '),
          'fra1',
          '203.0.113.42',
          '21 ms',
        ],
      },
      {
        id: 'nyc3',
        cells: [glyph('online'), words('nyc3-lab'), '', 'nyc3', '198.51.100.7', '93 ms'],
      },
      {
        id: 'old',
        cells: [glyph('offline'), words('old-box'), '', '—', words('panel.example'), '—'],
      },
      {
        id: 'sgp1',
        cells: [
          glyph('partial'),
          words('sgp1-new'),
          join(['provisioning 6/11  ', words('Connecting via SSH')]),
        ],
      },
    ],
  });
  return list;
}

function showServers(stand: Stand): void {
  const { terminal, frame, ring, words, add } = stand;
  const list = serverList(stand);
  const details = add(new Details(terminal));
  details.set({
    rows: [
      {
        label: 'Status',
        value: join([glyph('online'), ' online, 21 ms, panel ', words('1.0.53')]),
      },
      {
        label: 'Latency',
        value: join([strip(bars(3, 4, 3, undefined, 9, 5, 3)), '  p95 34 ms']),
      },
      { label: 'Panel', value: link('https://203.0.113.42:9292') },
      { label: 'Droplet', value: words('312876543 · s-1vcpu-512mb-10gb · $4/mo') },
      { label: 'Cert', value: [words('client.p12'), 'expires 2028-11-19'] },
    ],
  });
  const listPanel = stand.panel('Servers', list, list);
  const detailsPanel = stand.panel('fra1-edge', details);
  frame.set({
    ...title(stand, 'Servers'),
    toasts: [{ style: 'ok', text: words('Copied the address.') }],
  });
  frame.setBody(
    responsive(({ width }) =>
      width > 110 ? columns([listPanel, { share: 3 }], [detailsPanel, { share: 2 }]) : listPanel,
    ),
  );
  ring.setWidgets([listPanel]);
}

function showPending(stand: Stand): void {
  const { terminal, frame, ring, words, add } = stand;
  const list = add(new List(terminal));
  list.set({
    header: true,
    columns: [
      { title: '', width: 1, drop: 1 },
      { title: 'Name', width: 'content', min: 10, max: 30, drop: 9 },
      { title: 'State', width: { share: 1 }, drop: 1 },
      { title: 'Region', width: 6, drop: 0 },
    ],
    rows: Array.from({ length: 60 }, (_, index) => ({
      id: `server-${index}`,
      cells: [glyph('checking'), words(`server-${index}`), style('muted', 'checking'), 'fra1'],
    })),
  });
  list.select('server-30');
  const panel = stand.panel('Servers', list, list);
  frame.set(title(stand, 'Servers'));
  frame.setBody(panel);
  ring.setWidgets([panel]);
}

function showEmptyState(stand: Stand): void {
  const { terminal, frame, ring, words, add } = stand;
  const empty = add(new EmptyState(terminal));
  empty.set({
    title: words('No servers yet'),
    lines: [
      words('Portlama makes the services of your machine reachable from anywhere.'),
      'Everything runs on one small droplet of your own.',
      'Nothing is created before you have seen what it costs.',
    ],
    choices: [
      { id: 'create', key: 'n', label: 'Create a new server', detail: '4 minutes, $4 a month' },
      { id: 'add', key: 'a', label: 'Add an existing server', detail: words('by its address') },
      { id: 'sandbox', key: 's', label: 'Try the sandbox', detail: 'costs nothing' },
    ],
  });
  const panel = stand.panel('Welcome', empty, empty);
  frame.set(title(stand, 'Servers'));
  frame.setBody(panel);
  ring.setWidgets([panel]);
}

function showToken(stand: Stand): void {
  const { terminal, frame, ring, words, add } = stand;
  const field = add(new Field(terminal, { secret: true }));
  field.set({ label: 'API token', problem: words('DigitalOcean does not accept this token.') });
  field.setValue(words('dop_v1_secret'));
  const checks = add(new Checks(terminal));
  checks.set({
    checks: [
      {
        id: 'valid',
        state: 'ok',
        title: 'token is valid',
        detail: words(
          'ops@example.com (account active, 3 of 10 droplets used, expires in 82 days)',
        ),
      },
      {
        id: 'missing',
        state: 'failed',
        title: 'missing scopes',
        detail: words('ssh_key:create, ssh_key:delete'),
        lines: [words('Tick "ssh_key" when you make the token.')],
      },
      { id: 'dangerous', state: 'warning', title: 'dangerous scopes', detail: 'database:delete' },
      { id: 'later', state: 'pending', title: 'account' },
    ],
  });
  const buttons = add(new Buttons(terminal));
  buttons.set({
    buttons: [
      { id: 'validate', label: 'Validate' },
      { id: 'next', label: 'Next', disabled: words('validate the token first') },
    ],
  });
  const panel = stand.panel(
    'Token',
    rows([field, FIELD_HEIGHT], [checks, { share: 1 }], [buttons, 1]),
    field,
  );
  frame.set({
    ...title(stand, 'Create server'),
    middle: stepper(['Token', 'Region', 'Label', 'Create'], 0),
  });
  frame.setBody(panel);
  ring.setWidgets([panel]);
}

const REGIONS = [
  ['Frankfurt 1', 'fra1', '9 ms', 50.1, 8.7],
  ['Amsterdam 3', 'ams3', '14 ms', 52.4, 4.9],
  ['London 1', 'lon1', '21 ms', 51.5, -0.1],
  ['New York 3', 'nyc3', '91 ms', 40.7, -74],
  ['Toronto 1', 'tor1', '99 ms', 43.7, -79.4],
  ['San Francisco 3', 'sfo3', '148 ms', 37.8, -122.4],
  ['Singapore 1', 'sgp1', 'no measurement', 1.3, 103.8],
] as const;

function showRegions(stand: Stand): void {
  const { terminal, frame, ring, words, add } = stand;
  const grid = add(new CardGrid(terminal));
  grid.set({
    cards: REGIONS.map(([name, slug, latency]) => ({
      id: slug,
      title: words(name),
      rows: [
        { left: slug, right: words(latency) },
        { left: strip(bars(9, 2, 2, 3)), right: '±1' },
      ],
      muted: slug === 'sgp1',
    })),
    suggested: 'ams3',
  });
  const map = add(new WorldMap(terminal));
  map.set({
    markers: REGIONS.map(([, slug, , latitude, longitude]) => ({
      id: slug,
      latitude,
      longitude,
      style: 'ok',
    })),
    selected: 'ams3',
  });
  const panel = stand.panel(
    'Region',
    responsive(({ width }) =>
      width > 110 && map.available ? columns([grid, { share: 1 }], [map, 50]) : grid,
    ),
    grid,
  );
  frame.set({
    ...title(stand, 'Create server'),
    middle: stepper(['Token', 'Region', 'Label', 'Create'], 1),
  });
  frame.setBody(panel);
  ring.setWidgets([panel]);
}

function showSummary(stand: Stand): void {
  const { terminal, frame, ring, words, add } = stand;
  const field = add(new Field(terminal));
  field.set({ label: words('Label'), placeholder: words('portlama-fra1'), note: words('free') });
  const summary = add(new Summary(terminal));
  summary.set({
    title: words('What will be created'),
    rows: [
      { label: 'Size', value: words('512 MB RAM / 1 vCPU / 10 GB SSD') },
      { label: 'Price', value: '$4 a month' },
      { label: 'Account', value: words('ops@example.com') },
    ],
  });
  const note = add(new Paragraph(terminal));
  note.set({
    lines: [words('The droplet is yours; it is billed by the hour until you destroy it.')],
  });
  const buttons = add(new Buttons(terminal));
  buttons.set({
    buttons: [
      { id: 'create', label: 'Create server' },
      { id: 'back', label: 'Back' },
    ],
  });
  const panel = stand.panel(
    'Label',
    rows([field, FIELD_HEIGHT], [summary, 6], [note, { share: 1 }], [buttons, 1]),
    buttons,
  );
  frame.set(title(stand, 'Create server'));
  frame.setBody(panel);
  ring.setWidgets([panel]);
}

const STEPS = [
  'Validating token',
  'Generating SSH key',
  'Uploading SSH key',
  'Creating droplet',
  'Waiting for boot',
  'Connecting via SSH',
  'Installing Portlama',
  'Retrieving credentials',
  'Enrolling admin certificate',
  'Saving configuration',
  'Cleaning up',
];

function showProvisioning(stand: Stand, state: 'running' | 'failed'): void {
  const { terminal, frame, ring, words, now, add } = stand;
  const steps = add(new Steps(terminal));
  const failed = state === 'failed';
  steps.set({
    steps: STEPS.map((name, index) => {
      if (index < 6)
        return { id: name, title: words(name), state: 'done', elapsedMs: 400 * index * index };
      if (index > 6) return { id: name, title: words(name), state: failed ? 'skipped' : 'pending' };
      return failed
        ? {
            id: name,
            title: words(name),
            state: 'failed',
            elapsedMs: 82_000,
            error: [words('The installer ended with 1: npm could not reach its registry.')],
          }
        : {
            id: name,
            title: words(name),
            state: 'running',
            since: now - 82_000,
            detail: words('3/6 generating certificates'),
          };
    }),
    progress: { done: 6, total: 11 },
    ...(failed
      ? { outcome: [join([glyph('ok'), ' ', words('droplet 312876543 destroyed')])] }
      : {}),
  });
  const log = add(new LogView(terminal));
  log.append(
    Array.from({ length: 50 }, (_, index) => ({
      time: '14:02:11',
      text: words(`installer: line ${index}`),
      ...(index % 10 === 9 ? { style: 'warn' as const } : {}),
    })),
  );
  const stepsPanel = stand.panel('Steps', steps, steps);
  const logPanel = stand.panel('Log', log, log);
  frame.set({
    ...title(stand, 'fra1-edge', 'Provisioning'),
    middle: undefined,
    right: failed ? 'failed' : join([elapsedSince(now - 134_000), ' elapsed · usually 3-5 min']),
  });
  frame.setBody(columns([stepsPanel, 41], [logPanel, { share: 1 }]));
  ring.setWidgets([stepsPanel, logPanel]);
  ring.focus(logPanel);
}

function showLogSearch(stand: Stand): void {
  const { terminal, frame, ring, words, add } = stand;
  const log = add(new LogView(terminal));
  log.append(
    Array.from({ length: 100 }, (_, index) => ({
      text: words(`${index}: a rather long line about certificate ${index % 7} of the installer`),
    })),
  );
  const panel = stand.panel('Log', log, log);
  frame.set(title(stand, 'Log'));
  frame.setBody(panel);
  ring.setWidgets([panel]);
  for (const key of ['g', '/', ...Array.from('certificate 3'), 'enter', 'n'])
    panel.handleKey(key === ' ' ? 'space' : key);
}

function showConfirm(stand: Stand): void {
  showServers(stand);
  const { terminal, frame, words, add } = stand;
  const dialog = add(
    new Dialog(
      terminal,
      confirmation({
        title: words('Destroy fra1-edge?'),
        lines: [words('Droplet 312876543 and all its data are deleted.'), '', '$4 a month stops.'],
        yes: 'Destroy',
        typed: { prompt: words('Type fra1-edge to confirm:'), expected: 'fra1-edge' },
      }),
    ),
  );
  for (const key of 'fra1') dialog.handleKey(key);
  add(frame.open(dialog));
}

function showHelp(stand: Stand): void {
  showServers(stand);
  const { terminal, frame, words, add } = stand;
  const help = add(new Help(terminal));
  help.set({
    title: words('Keys of Servers'),
    groups: [
      {
        title: words('Move'),
        entries: [
          { keys: ['up', 'down', 'k', 'j'], label: 'up and down' },
          { keys: ['pageup', 'pagedown'], label: 'a page up and down' },
        ],
      },
      {
        title: 'Server',
        entries: [
          { keys: ['enter'], label: words('set active') },
          { keys: ['d'], label: 'destroy', disabled: words('not managed by this program') },
          { keys: ['ctrl-c'], label: 'quit' },
        ],
      },
    ],
  });
  add(frame.open(help));
}

function showPalette(stand: Stand): void {
  showServers(stand);
  const { terminal, frame, words, add } = stand;
  const palette = add(new Palette(terminal, { title: words('Commands'), placeholder: 'type' }));
  palette.set({
    items: [
      { id: 'create', label: words('Create a server'), keys: ['n'] },
      { id: 'refresh', label: 'Refresh', keys: ['ctrl-l'] },
      { id: 'destroy', label: words('Destroy'), keys: [], disabled: words('no server selected') },
    ],
  });
  for (const key of 're') palette.handleKey(key);
  add(frame.open(palette));
}

function showLogOverlay(stand: Stand): void {
  showServers(stand);
  const { terminal, frame, words, add } = stand;
  const log = add(new LogView(terminal, { empty: 'nothing yet' }));
  log.append([{ time: '14:02:11', text: words('droplet 312876543 created in fra1') }]);
  add(frame.open(add(new WidgetOverlay(terminal, { title: words('Activity'), content: log }))));
}

/** Undefined for a failure. */
function bars(...values: readonly (number | undefined)[]) {
  return values.map((value) => ({ value, failed: value === undefined, empty: false }));
}

function showChart(stand: Stand): void {
  const { terminal, frame, words, add } = stand;
  const chart = add(new Chart(terminal));
  chart.set({
    title: words('Latency'),
    bars: bars(3, 4, 8, 2, undefined, 12, 3),
    unit: 'ms',
    ticks: [{ at: 0, label: '13:00' }],
    end: 'now',
  });
  frame.set(title(stand, 'fra1-edge'));
  frame.setBody(stand.panel('Latency', chart));
}
