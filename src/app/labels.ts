import { defaultLabel, labelProblem } from '../core/label.js';
import { type PanelUrl, parsePanelUrl } from '../services/panel/panel-url.js';
import { suggestedLabel } from '../services/panel/suggested-label.js';
import type { Operation } from '../services/provisioning/operations.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { AppState } from './state.js';

/** The label as it will be: what was typed, or the default for the chosen region. */
export function effectiveLabel(state: AppState): string {
  const { wizard } = state;
  if (wizard === undefined) return '';
  return wizard.label === '' ? wizardDefaultLabel(state) : wizard.label;
}

/** The label that a server gets when none is typed. */
export function wizardDefaultLabel({ wizard, servers, operations }: AppState): string {
  const beingMade = operations.list.filter(isBeingMade).map(({ request }) => request.label);
  const taken = [...servers.list.map(({ label }) => label), ...beingMade];
  return defaultLabel(wizard?.region ?? '', taken);
}

/** Why the server cannot be called so; undefined when it can. */
export function wizardLabelProblem(state: AppState): string | undefined {
  const label = effectiveLabel(state);
  return labelProblem(label) ?? takenBy(state, label);
}

/** Labels are unique in the list, provisionings under way included. */
export function takenBy(state: AppState, label: string): string | undefined {
  if (state.servers.list.some((server) => server.label === label))
    return `There is already a server called ${label}.`;
  const beingMade = state.operations.list.some(
    (operation) => operation.request.label === label && isBeingMade(operation),
  );
  return beingMade ? `A server called ${label} is being created.` : undefined;
}

function isBeingMade({ status }: Operation): boolean {
  return ['running', 'interrupted', 'out-of-sight', 'cleaning-up'].includes(status);
}

/** Where the panel is whose address is being typed; undefined while it is not one yet. */
export function typedPanel({ addServer }: AppState): PanelUrl | undefined {
  try {
    return parsePanelUrl(addServer?.url ?? '');
  } catch {
    return undefined;
  }
}

/** The label that a server gets when none is typed; undefined while its address is not one yet. */
export function suggestedAddedLabel(state: AppState): string | undefined {
  const panel = typedPanel(state);
  const taken = state.servers.list.map(({ label }) => label);
  return panel === undefined ? undefined : suggestedLabel(panel.host, taken);
}

/** Why the server that is being added cannot be called so; undefined when it can, or nothing was typed. */
export function addedLabelProblem(state: AppState): string | undefined {
  const label = state.addServer?.label.trim() ?? '';
  return label === '' ? undefined : (labelProblem(label) ?? takenBy(state, label));
}

/** The server in the list whose panel is at the typed address. */
export function knownPanel(state: AppState): ServerEntry | undefined {
  const url = typedPanel(state)?.url;
  return state.servers.list.find((server) => server.panelUrl.replace(/\/+$/, '') === url);
}
