import type { DisposableStore } from '../../core/lifecycle.js';
import { type Card, CardGrid, type CardGridData } from '../../widgets/card-grid.js';
import { Arrangement, columns, inset, responsive, rows } from '../../widgets/layout.js';
import { Panel } from '../../widgets/panel.js';
import { Paragraph } from '../../widgets/paragraph.js';
import { WorldMap, type WorldMapData } from '../../widgets/world-map.js';
import { bind, type ScreenContext } from '../shell/screen.js';
import { regionPlace, sortedRegions } from '../../usecases/regions.js';
import type { AppState } from '../../app/state.js';
import type { WizardState } from '../../app/form-state.js';
import type { Region, Size } from '../../services/digitalocean/api.js';
import type { RegionLatency } from '../../services/latency/measure-regions.js';
import { glyph, join, style, type Text } from '../../widgets/markup.js';
import type { StyleName } from '../../widgets/theme.js';
import { REGION_TIPS, sizeLineText } from '../../words/regions.js';
import { formHelp, helpText, TWO_PANES_COLUMNS } from '../shell/form-help.js';
import { count, milliseconds, monthly } from '../../words/formats.js';
import type { WizardPart } from './part.js';
import { createSizeLine, sizeLine } from './size-line.js';

/** Rows of the facts about the chosen region, border included; fewer are not worth it. */
const FACTS_ROWS = 6;
const FACTS_LEAST_ROWS = 4;
/** Rows of a map in which the continents can be told apart. */
const MAP_LEAST_ROWS = 12;

/** Cards of regions. On a wide terminal the chosen one and the help stand beside them, on a high one a map below. */
export function createRegionPart(context: ScreenContext, owned: DisposableStore): WizardPart {
  const { terminal, app } = context;
  const intro = owned.add(new Paragraph(terminal));
  const grid = owned.add(new CardGrid(terminal));
  const map = owned.add(new WorldMap(terminal));
  const problem = owned.add(new Paragraph(terminal));
  const facts = owned.add(new Paragraph(terminal));
  const factsPanel = owned.add(new Panel(terminal, { content: inset(facts, { x: 1 }) }));
  const size = createSizeLine(context, owned);
  const set = {
    size: bind(size),
    intro: bind(intro),
    grid: bind(grid),
    map: bind(map),
    problem: bind(problem),
    facts: bind(facts),
    factsPanel: bind(factsPanel),
  };
  owned.add(grid.onSelect((slug) => app.chooseRegion(slug)));
  owned.add(
    grid.onActivate((slug) => {
      app.chooseRegion(slug);
      context.perform('wizard.next');
    }),
  );
  const gridAndMap = responsive(({ width, height }) => {
    const beside = height - MAP_LEAST_ROWS;
    if (!map.available || grid.leastRowsAt(width) > beside) return grid;
    return rows([grid, grid.rowsAt({ width, height: beside })], [map, { share: 1 }]);
  });
  const gridAndFacts = responsive((size) => {
    const rest = size.height - grid.leastRowsAt(size.width);
    if (rest < FACTS_LEAST_ROWS) return grid;
    const height = size.height - Math.min(rest, FACTS_ROWS);
    const taken = grid.rowsAt({ ...size, height });
    return rows([grid, taken], [factsPanel, Math.min(size.height - taken, FACTS_ROWS)]);
  });
  const cards = responsive(({ width }) =>
    width >= TWO_PANES_COLUMNS
      ? columns([gridAndMap, { share: 3 }], [factsPanel, { share: 2, max: 64 }])
      : gridAndFacts,
  );
  const main = new Arrangement(cards);
  let failed = false;
  return {
    layout: rows([inset(size, { x: 1 }), 1], [inset(intro, { x: 1 }), 2], [main, { share: 1 }]),
    widgets: [size, grid],
    first: () => grid,
    show(state) {
      const view = regionView(state);
      set.size(sizeLine(state));
      set.intro({ lines: view.intro });
      set.grid(view.grid);
      set.problem({ lines: view.problem });
      const { width } = terminal.size;
      set.facts({ lines: width < TWO_PANES_COLUMNS ? view.facts.lines : paneLines(state) });
      set.factsPanel({ title: view.facts.title });
      main.refresh();
      if (map.available) set.map(view.map);
      const failedNow = view.problem.length > 0;
      if (failedNow === failed) return;
      failed = failedNow;
      main.setLayout(failed ? inset(problem, { x: 1 }) : cards);
    },
  };
}

export interface RegionView {
  readonly intro: readonly Text[];
  readonly grid: CardGridData;
  readonly map: WorldMapData;
  /** The chosen region, and a tip. */
  readonly facts: { readonly title: string; readonly lines: readonly Text[] };
  /** Reason for the lack of cards, in their place. */
  readonly problem: readonly Text[];
}

const NOTHING: RegionView = {
  intro: [],
  grid: { cards: [] },
  map: { markers: [] },
  facts: { title: '', lines: [] },
  problem: [],
};

/** Second step: regions by latency. Pure. */
export function regionView(state: AppState): RegionView {
  const { wizard } = state;
  if (wizard === undefined) return NOTHING;
  const { regions, region } = wizard;
  const cards = sortedRegions(regions).map((each) => toCard(each, regions, each.slug === region));
  return {
    intro: introLines(wizard),
    grid: { cards, suggested: region, empty: emptyText(state), noun: 'region' },
    map: { markers: markers(wizard), selected: region },
    facts: factsOf(wizard),
    problem: problemLines(wizard),
  };
}

function introLines({ regions, moved, lostRegion }: WizardState): readonly Text[] {
  const measured = Object.values(regions.latencies).filter(({ state }) => state === 'measured');
  const open = regions.list.filter(({ slug }) => {
    const latency = regions.latencies[slug];
    return latency === undefined || latency.state === 'measuring';
  });
  const isFastest = !moved && measured.length > 0;
  const choose = isFastest
    ? 'Fastest selected; choose the one closest to your users.'
    : 'Choose the region closest to your users.';
  if (regions.state !== 'loaded') return ['Regions offering this size, by latency.'];
  if (lostRegion !== undefined)
    return [style('warn', `${lostRegion} does not offer this size: choose another region.`)];
  if (open.length === 0) return [choose];
  const progress = `measuring ${measured.length}/${regions.list.length}`;
  return [join([choose, ' ', glyph('spinner'), ' ', style('muted', progress)])];
}

/** Latency in words, the sizes on offer, and the specification's tip. */
function factsOf({ regions, region }: WizardState): RegionView['facts'] {
  const chosen = regions.list.find(({ slug }) => slug === region);
  const tips = REGION_TIPS.map((tip) => style('muted', tip));
  if (chosen === undefined) return { title: 'No region chosen yet', lines: tips };
  const offer = offerText(sizesIn(chosen, regions));
  const first = [distanceText(regions.latencies[chosen.slug]), ...(offer === '' ? [] : [offer])];
  return { title: `${chosen.name} (${chosen.slug})`, lines: [first.join(' · '), ...tips] };
}

/** The pane beside the cards: the chosen region, each size it offers, then the help. */
function paneLines(state: AppState): readonly Text[] {
  const { wizard } = state;
  const help = formHelp(state);
  const words = help === undefined ? [] : helpText(help, state.environment);
  const chosen = wizard?.regions.list.find(({ slug }) => slug === wizard.region);
  if (wizard === undefined || chosen === undefined) return words;
  const latency = wizard.regions.latencies[chosen.slug];
  const country = regionPlace(chosen.slug)?.country;
  const samples = latency?.state === 'measured' ? latency.samplesMs.map(Math.round) : [];
  return [
    [...(country === undefined ? [] : [country]), distanceText(latency)].join(' · '),
    ...(samples.length === 0 ? [] : [style('muted', `Samples: ${samples.join(', ')} ms`)]),
    '',
    ...sizesIn(chosen, wizard.regions).map((size) =>
      join([size.slug === wizard.size ? glyph('chosen') : ' ', ' ', sizeLineText(size)]),
    ),
    '',
    ...words,
  ];
}

function distanceText(latency: RegionLatency | undefined): string {
  if (latency?.state !== 'measured') return 'not measured from here';
  return `${milliseconds(latency.medianMs)} from here, ±${Math.round(latency.jitterMs)}`;
}

function sizesIn(region: Region, { sizes }: WizardState['regions']): readonly Size[] {
  return sizes.filter(({ slug }) => region.sizes.includes(slug));
}

function offerText(sizes: readonly Size[]): string {
  if (sizes.length === 0) return '';
  return `${count(sizes.length, 'size')}, from ${monthly(lowestPrice(sizes))}`;
}

function lowestPrice(sizes: readonly Size[]): number {
  return Math.min(...sizes.map(({ priceMonthlyUsd }) => priceMonthlyUsd));
}

function emptyText({ running }: AppState): Text {
  const waiting = running.find((action) => action.waiting !== undefined)?.waiting;
  return join([glyph('spinner'), ' ', waiting ?? 'Loading regions…']);
}

function problemLines({ regions, size }: WizardState): readonly Text[] {
  const { error } = regions;
  if (error === undefined) {
    if (regions.state !== 'loaded' || regions.list.length > 0) return [];
    const none = `No region offers the size ${size} at the moment.`;
    return [
      join([glyph('failed'), ' ', style('danger', none)]),
      'Choose another size: Tab, Right.',
    ];
  }
  const first = join([glyph('failed'), ' ', style('danger', error.message)]);
  return [first, ...(error.hint === undefined ? [] : [error.hint]), 'Press r to try again.'];
}

function toCard(region: Region, regions: WizardState['regions'], chosen: boolean): Card {
  const latency = regions.latencies[region.slug];
  const notes = latencyTexts(latency);
  const country = regionPlace(region.slug)?.country;
  const sizes = sizesIn(region, regions);
  const price = sizes.length === 0 ? '' : monthly(lowestPrice(sizes));
  return {
    id: region.slug,
    title: region.name,
    facts: country,
    rows: [
      {
        left: region.slug,
        right: chosen ? notes.map((note) => join([glyph('chosen'), ' ', note])) : notes,
      },
      { left: latencyBar(latency), right: jitterText(latency) },
    ],
    details: [
      { left: country ?? '' },
      {
        left: sizes.length === 0 ? '' : count(sizes.length, 'size'),
        right: price === '' ? '' : [`from ${price}`, price].map((words) => style('muted', words)),
      },
    ],
    muted: latency?.state === 'failed',
  };
}

/** Latency of a region, the longest text first, for columns with less room. */
function latencyTexts(latency: RegionLatency | undefined): readonly Text[] {
  if (latency?.state === 'measured')
    return [style(latencyStyle(latency.medianMs), milliseconds(latency.medianMs).padStart(6))];
  if (latency?.state === 'failed')
    return [style('muted', 'no measurement'), style('muted', 'no answer')];
  return [join([glyph('spinner'), style('muted', ' measuring')])];
}

function jitterText(latency: RegionLatency | undefined): Text {
  if (latency?.state !== 'measured') return '';
  return style('muted', `±${Math.round(latency.jitterMs)}`);
}

/** Bar of a latency: more blocks for a slower region. */
function latencyBar(latency: RegionLatency | undefined): Text {
  if (latency?.state !== 'measured') return '';
  const filled = [15, 60, 150].filter((limit) => latency.medianMs > limit).length + 1;
  return style(latencyStyle(latency.medianMs), '▇'.repeat(filled) + '▁'.repeat(4 - filled));
}

function latencyStyle(medianMs: number): StyleName {
  return medianMs > 200 ? 'danger' : medianMs > 100 ? 'warn' : 'ok';
}

function markers({ regions, region }: WizardState): WorldMapData['markers'] {
  // Draw the fastest of several in one city last.
  return sortedRegions(regions)
    .toReversed()
    .flatMap(({ slug }) => {
      const place = regionPlace(slug);
      if (place === undefined) return [];
      const latency = regions.latencies[slug];
      const measured = latency?.state === 'measured' ? latencyStyle(latency.medianMs) : undefined;
      return [{ id: slug, ...place, style: measured ?? (slug === region ? 'accent' : 'muted') }];
    });
}
