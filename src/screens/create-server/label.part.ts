import { RECORD_TTL } from '../../core/domain.js';
import { LABEL_MAX_LENGTH } from '../../core/label.js';
import type { DisposableStore } from '../../core/lifecycle.js';
import { Buttons, type ButtonsData } from '../../widgets/buttons.js';
import { Field, type FieldData } from '../../widgets/field.js';
import { empty, inset, stack } from '../../widgets/layout.js';
import { Paragraph } from '../../widgets/paragraph.js';
import { Summary, type SummaryData } from '../../widgets/details.js';
import { bind, type ScreenContext } from '../shell/screen.js';
import { sshKeyText } from '../../words/ssh.js';
import { milliseconds, monthly } from '../../words/formats.js';
import {
  effectiveDomain,
  effectiveLabel,
  labelStepProblem,
  wizardDefaultLabel,
  wizardDomainProblem,
  wizardEmailProblem,
  wizardLabelProblem,
} from '../../app/labels.js';
import { sizeText } from '../../words/regions.js';
import type { AppState } from '../../app/state.js';
import type { Size } from '../../services/digitalocean/api.js';
import { glyph, join, style, type Text } from '../../widgets/markup.js';
import type { WizardPart } from './part.js';
import { ChoiceLine } from '../../widgets/choice-line.js';
import { domainIn, zoneLine } from '../shell/zone-line.js';
import { createSizeLine, sizeLine } from './size-line.js';
import { whyNotCreate } from './create-server.keys.js';

/** A domain has at most 253 characters; more shows the rule. */
const DOMAIN_FIELD_LENGTH = 270;
/** Six facts and the border. */
const SUMMARY_HEIGHT = 8;
/** The label and the border. */
const SUMMARY_LEAST_HEIGHT = 3;

/** The label, what will be made, and the button that makes it. */
export function createLabelPart(context: ScreenContext, owned: DisposableStore): WizardPart {
  const { terminal, app } = context;
  // Longer than a label may be, so that the rule is seen rather than keys swallowed.
  const field = owned.add(new Field(terminal, { kind: 'name', maxLength: LABEL_MAX_LENGTH + 16 }));
  const domain = owned.add(new Field(terminal, { kind: 'name', maxLength: DOMAIN_FIELD_LENGTH }));
  const email = owned.add(new Field(terminal, { kind: 'name', maxLength: DOMAIN_FIELD_LENGTH }));
  const zone = owned.add(new ChoiceLine(terminal));
  const size = createSizeLine(context, owned);
  const summary = owned.add(new Summary(terminal));
  const buttons = owned.add(new Buttons(terminal));
  const outcome = owned.add(new Paragraph(terminal, { scrolls: true }));
  const set = {
    field: bind(field),
    domain: bind(domain),
    email: bind(email),
    zone: bind(zone),
    size: bind(size),
    summary: bind(summary),
    buttons: bind(buttons),
    outcome: bind(outcome),
  };
  owned.add(field.onChange((label) => app.editLabel(label)));
  owned.add(field.onSubmit(() => context.perform('wizard.next')));
  owned.add(domain.onChange((typed) => app.editDomain(typed)));
  owned.add(domain.onSubmit(() => context.perform('wizard.next')));
  owned.add(email.onChange((typed) => app.editEmail(typed)));
  owned.add(email.onSubmit(() => context.perform('wizard.next')));
  owned.add(
    buttons.onPress((id) => context.perform(id === 'ssh-key' ? 'wizard.ssh-key' : 'wizard.create')),
  );
  let shown: AppState | undefined;
  owned.add(
    zone.onChoose((id) => {
      if (shown === undefined) return;
      domain.value = domainIn(id, effectiveLabel(shown));
      app.editDomain(domain.value);
    }),
  );
  owned.add(zone.onSubmit(() => context.perform('wizard.next')));
  const zoneRows = (): number => (shown?.wizard?.zones.length ? 1 : 0);
  let wasCreating = false;
  const gap = { item: empty, rows: 1, gives: { order: 1, least: 0 } };
  return {
    layout: inset(
      stack(
        {
          item: field,
          rows: (width) => field.rowsAt(width),
          gives: { order: 2, least: (width) => field.leastRowsAt(width) },
        },
        {
          item: domain,
          rows: (width) => domain.rowsAt(width),
          gives: { order: 2, least: (width) => domain.leastRowsAt(width) },
        },
        {
          item: email,
          rows: (width) => email.rowsAt(width),
          gives: { order: 2, least: (width) => email.leastRowsAt(width) },
        },
        { item: zone, rows: zoneRows, gives: { order: 5, least: zoneRows } },
        // The summary names the size as well.
        { item: size, rows: 1, gives: { order: 4, least: 0 } },
        { item: summary, rows: SUMMARY_HEIGHT, gives: { order: 3, least: SUMMARY_LEAST_HEIGHT } },
        gap,
        { item: buttons, rows: 1 },
        gap,
        // Give the reason of a failure the room: it counts more than the facts above.
        { item: outcome, rows: (width) => outcome.rowsAt(width), grows: true },
      ),
      { x: 1 },
    ),
    widgets: [field, domain, email, zone, size, buttons, outcome],
    first: (step) => (step === 'create' ? buttons : field),
    show(state, focus) {
      const view = labelView(state);
      shown = state;
      const zones = state.wizard?.zones ?? [];
      set.zone(
        zoneLine(zones, effectiveDomain(state) ?? '', 'a domain managed elsewhere, or none'),
      );
      set.field(view.field);
      set.domain(view.domain);
      set.email(view.email);
      set.size(sizeLine(state));
      set.summary(view.summary);
      set.buttons(view.buttons);
      set.outcome({ lines: view.outcome });
      // Take the field away: keys typed into a screen about to close would reach the next one.
      const creating = state.wizard?.creating === true;
      if (creating !== wasCreating && state.wizard?.step === 'create')
        focus.setWidgets(
          creating ? [buttons] : [field, domain, email, zone, size, buttons, outcome],
        );
      wasCreating = creating;
    },
  };
}

export interface LabelView {
  readonly field: FieldData;
  readonly domain: FieldData;
  readonly email: FieldData;
  readonly summary: SummaryData;
  readonly buttons: ButtonsData;
  /** Lines below the button: progress of the start, or the reason of its failure. */
  readonly outcome: readonly Text[];
}

/** Third and fourth step: the label, what will be made, and the button that makes it. Pure. */
function labelView(state: AppState): LabelView {
  const problem = wizardLabelProblem(state);
  const domainProblem = wizardDomainProblem(state);
  const create = {
    id: 'create',
    label: 'Create server',
    disabled: labelStepProblem(state) ?? whyNotCreate(state),
  };
  const sshKey = { id: 'ssh-key', label: sshKeyText(state.wizard?.sshKeys?.source) };
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
    domain: {
      label: 'Domain (optional)',
      placeholder: 'none; for example lab.example.com',
      problem: domainProblem,
      note: domainNote(state),
    },
    email: {
      label: 'E-mail for Let’s Encrypt (optional)',
      placeholder: 'for example ops@example.com; or enter it later',
      problem: wizardEmailProblem(state),
      note: join([
        glyph('ok'),
        ' ',
        style('muted', 'Saved for the set-up of the domain, which is offered at the end.'),
      ]),
      hidden: effectiveDomain(state) === undefined,
    },
    summary: { title: 'This will be created', rows: summaryRows(state) },
    // Leave the room to the reason of one that cannot be pressed.
    buttons: { buttons: create.disabled === undefined ? [create, sshKey] : [create] },
    outcome: outcomeLines(state),
  };
}

/** Every record that a domain gets; where it is kept is looked up when the server is created. */
function domainNote(state: AppState): Text {
  const domain = effectiveDomain(state);
  const text =
    domain === undefined
      ? 'Points a domain to the server; can be set up later.'
      : `A ${domain} and A *.${domain}, TTL ${RECORD_TTL}. You are asked before existing records are replaced.`;
  return join([glyph('ok'), ' ', style('muted', text)]);
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
    { label: 'Size', value: size === undefined ? (wizard?.size ?? '') : sizeText(size) },
    { label: 'Image', value: environment.offer.imageTitle },
    { label: 'Region', value: regionText(state) },
    { label: 'Price', value: priceText(size, environment.sandbox) },
    { label: 'Account', value: accountOf(state) },
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
  if (wizard?.creating) return [join([glyph('spinner'), ' Starting the provisioning…'])];
  if (wizard?.problem === undefined) return [];
  const { message, hint } = wizard.problem;
  const first = join([glyph('failed'), ' ', style('danger', message)]);
  return hint === undefined ? [first] : [first, hint];
}

function accountOf({ accountEmail, accountName }: AppState): Text {
  if (accountEmail === undefined) return style('muted', 'not readable');
  return accountName === undefined ? accountEmail : `${accountEmail} (${accountName})`;
}
