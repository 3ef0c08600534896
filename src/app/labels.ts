import { domainProblem, emailProblem } from '../core/domain.js';
import { defaultLabel, labelProblem } from '../core/label.js';
import { type LabelHolders, takenBy as heldBy, takenLabels } from '../usecases/labels.js';
import { type PanelUrl, parsePanelUrl, suggestedLabel } from '../services/panel/panel-url.js';
import type { AppState } from './state.js';

export { zoneOf } from '../services/dns/server-records.js';

/** The label as it will be: what was typed, or the default for the chosen region. */
export function effectiveLabel(state: AppState): string {
  const { wizard } = state;
  if (wizard === undefined) return '';
  return wizard.label === '' ? wizardDefaultLabel(state) : wizard.label;
}

/** The label that a server gets when none is typed. */
export function wizardDefaultLabel(state: AppState): string {
  return defaultLabel(state.wizard?.region ?? '', takenLabels(holders(state)));
}

/** Why the server cannot be called so; undefined when it can. */
export function wizardLabelProblem(state: AppState): string | undefined {
  const label = effectiveLabel(state);
  return labelProblem(label) ?? takenBy(state, label);
}

/** The domain as it will be asked for; undefined where none was typed. */
export function effectiveDomain({ wizard }: AppState): string | undefined {
  const domain = wizard?.domain.trim().toLowerCase() ?? '';
  return domain === '' ? undefined : domain;
}

/** Why the domain cannot be used; undefined when it can, or none was typed. */
export function wizardDomainProblem(state: AppState): string | undefined {
  const domain = effectiveDomain(state);
  return domain === undefined ? undefined : domainProblem(domain);
}

/** The e-mail for the set-up of the domain; undefined where none was typed, and without a domain. */
export function effectiveEmail(state: AppState): string | undefined {
  const email = state.wizard?.email.trim() ?? '';
  return email === '' || effectiveDomain(state) === undefined ? undefined : email;
}

/** Why the e-mail cannot be used; undefined when it can, or none was typed. */
export function wizardEmailProblem(state: AppState): string | undefined {
  const email = effectiveEmail(state);
  return email === undefined ? undefined : emailProblem(email);
}

/** Why the label step cannot be passed. */
export function labelStepProblem(state: AppState): string | undefined {
  return wizardLabelProblem(state) ?? wizardDomainProblem(state) ?? wizardEmailProblem(state);
}

/** Reason why a label is taken, by what the screen knows; undefined if it is free. */
export function takenBy(state: AppState, label: string): string | undefined {
  return heldBy(label, holders(state));
}

/** While the wizard starts its own provisioning, the one that appears is no other holder. */
function holders({ servers, operations, wizard }: AppState): LabelHolders {
  const known = wizard?.creating === true ? wizard.knownOperations : undefined;
  return {
    servers: servers.list,
    operations: operations.list.filter(({ id }) => known?.includes(id) ?? true),
  };
}

/** Panel address being typed; undefined while it is not valid yet. */
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
