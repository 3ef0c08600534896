import { monthly } from '../../core/price.js';
import { effectiveLabel, wizardDefaultLabel, wizardLabelProblem } from '../../app/labels.js';
import { sizeText } from '../../app/regions.js';
import type { AppState } from '../../app/state.js';
import type { Size } from '../../services/digitalocean/api.js';
import type { ButtonsData } from '../../widgets/buttons.js';
import type { FieldData } from '../../widgets/field.js';
import { glyph, join, style, type Text } from '../../widgets/markup.js';
import type { SummaryData } from '../../widgets/details.js';
import { milliseconds } from '../shell/wording.js';
import { whyNotCreate } from './create-server.keys.js';

export interface LabelView {
  readonly field: FieldData;
  readonly summary: SummaryData;
  readonly buttons: ButtonsData;
  /** Lines below the button: progress of the start, or the reason of its failure. */
  readonly outcome: readonly Text[];
}

/** Third and fourth step: the label, what will be made, and the button that makes it. Pure. */
export function labelView(state: AppState): LabelView {
  const problem = wizardLabelProblem(state);
  const create = {
    id: 'create',
    label: 'Create server',
    disabled: problem ?? whyNotCreate(state),
  };
  return {
    field: {
      label: 'Label',
      placeholder: wizardDefaultLabel(state),
      problem,
      note: join([
        glyph('ok'),
        ' ',
        style('muted', 'Lowercase letters, numbers and hyphens, 64 at most.'),
      ]),
    },
    summary: { title: 'This will be created', rows: summaryRows(state) },
    buttons: { buttons: [create] },
    outcome: outcomeLines(state),
  };
}

function summaryRows(state: AppState): SummaryData['rows'] {
  const { wizard, environment } = state;
  const size = wizard?.regions.size;
  return [
    {
      label: 'Server',
      // Show no label that creation would refuse.
      value: wizardLabelProblem(state) === undefined ? style('strong', effectiveLabel(state)) : '–',
    },
    { label: 'Size', value: size === undefined ? environment.offer.sizeSlug : sizeText(size) },
    { label: 'Image', value: environment.offer.imageTitle },
    { label: 'Region', value: regionText(state) },
    { label: 'Price', value: priceText(size, environment.sandbox) },
    { label: 'Account', value: state.accountEmail ?? style('muted', 'not readable') },
  ];
}

function priceText(size: Size | undefined, sandbox: boolean): Text {
  const price =
    size === undefined
      ? style('muted', 'not known')
      : style('strong', monthly(size.priceMonthlyUsd));
  return sandbox ? join([price, style('muted', ' (nothing is charged in the sandbox)')]) : price;
}

function regionText({ wizard }: AppState): Text {
  const region = wizard?.regions.list.find(({ slug }) => slug === wizard.region);
  if (region === undefined) return wizard?.region ?? '';
  const latency = wizard?.regions.latencies[region.slug];
  const distance = latency?.state === 'measured' ? `, ${milliseconds(latency.medianMs)}` : '';
  return `${region.name} (${region.slug}${distance})`;
}

function outcomeLines({ wizard }: AppState): readonly Text[] {
  if (wizard?.creating) return [join([glyph('spinner'), ' Starting the provisioning …'])];
  if (wizard?.problem === undefined) return [];
  const { message, hint } = wizard.problem;
  const first = join([glyph('failed'), ' ', style('danger', message)]);
  return hint === undefined ? [first] : [first, hint];
}
