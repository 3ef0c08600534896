import { PANEL_PORT } from '../../core/product.js';
import { suggestedAddedLabel, addedLabelProblem, typedPanel } from '../../app/labels.js';
import type { AddServerState } from '../../app/form-state.js';
import type { AppState } from '../../app/state.js';
import type { ButtonsData } from '../../widgets/buttons.js';
import type { FieldData } from '../../widgets/field.js';
import { elapsedSince, glyph, join, style, type Text } from '../../widgets/markup.js';

export interface AddServerView {
  readonly intro: readonly Text[];
  readonly url: FieldData;
  readonly label: FieldData;
  readonly buttons: ButtonsData;
  /** Lines below the button: progress, or a problem with its remedy. */
  readonly outcome: readonly Text[];
}

const PLACEHOLDER = `https://203.0.113.42:${PANEL_PORT}`;

/** Form for an existing server: address, label, and the result of the look at it. Pure. */
export function addServerView(state: AppState): AddServerView {
  const { addServer } = state;
  return {
    intro: [
      'Add any existing Portlama server to the list.',
      style('muted', 'The server is checked but not changed, and added as inactive.'),
    ],
    url: {
      label: 'Panel URL',
      placeholder: PLACEHOLDER,
      problem: problemOf(addServer, 'url'),
      note: urlNote(state),
    },
    label: {
      label: 'Label (optional)',
      placeholder: suggestedAddedLabel(state) ?? 'derived from the host name',
      problem: addedLabelProblem(state) ?? problemOf(addServer, 'label'),
      note: 'Lowercase letters, numbers and hyphens, 64 at most.',
    },
    buttons: { buttons: [{ id: 'add', label: 'Add server', disabled: whyNot(addServer) }] },
    outcome: outcomeLines(state),
  };
}

function whyNot(draft: AddServerState | undefined): string | undefined {
  return draft?.phase === 'looking' || draft?.phase === 'adding'
    ? 'Checking the panel…'
    : undefined;
}

function problemOf(draft: AddServerState | undefined, field: 'url' | 'label'): string | undefined {
  return draft?.problem?.field === field ? draft.problem.error.message : undefined;
}

/** Address as understood, if that differs from the typed text. */
function urlNote(state: AppState): Text {
  const panel = typedPanel(state);
  if (panel === undefined || panel.url === state.addServer?.url.trim())
    return 'An HTTPS URL with a public address.';
  return join(['Read as ', panel.url]);
}

function outcomeLines({ addServer, running }: AppState): readonly Text[] {
  if (addServer === undefined) return [];
  const { phase, problem } = addServer;
  if (phase === 'looking' || phase === 'adding') {
    const action = running.find(({ title }) => /panel|Adding/.test(title));
    const elapsed = action === undefined ? '' : elapsedSince(action.startedAt);
    const what = phase === 'looking' ? 'Checking the panel' : 'Adding to the list';
    return [join([glyph('spinner'), ` ${what}  `, style('muted', elapsed)])];
  }
  if (problem?.error.hint !== undefined) return [problem.error.hint];
  if (phase === 'found') return [style('muted', 'Not added: the certificate was not confirmed.')];
  return [];
}
