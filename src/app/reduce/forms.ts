import type { AddServerEvent, SetUpEvent, WizardEvent } from '../events.js';
import { regionsWith, sortedRegions } from '../../usecases/regions.js';
import type { AppState } from '../state.js';
import {
  type AddServerState,
  EMPTY_ADD_SERVER,
  emptySetUp,
  emptyWizard,
  type RegionsState,
  savedSource,
  type TokenOrigin,
  type TokenState,
  type WizardState,
} from '../form-state.js';

/** Token → Region → Label → Create. */
export function reduceWizard(state: AppState, event: WizardEvent): AppState {
  if (event.type === 'wizard-opened')
    return {
      ...state,
      wizard: emptyWizard(state.keystore.tokenOrigin, state.environment.offer.sizeSlug),
    };
  if (event.type === 'wizard-closed') return { ...state, wizard: undefined };
  // Answers may arrive after the wizard was left.
  if (state.wizard === undefined) return state;
  return { ...state, wizard: reduceDraft(state.wizard, event, state.keystore.tokenOrigin) };
}

type DraftEvent = Exclude<WizardEvent, { type: 'wizard-opened' | 'wizard-closed' }>;

function reduceDraft(
  wizard: WizardState,
  event: DraftEvent,
  origin: TokenOrigin | undefined,
): WizardState {
  switch (event.type) {
    case 'wizard-step':
      return { ...wizard, step: event.step, problem: undefined };
    case 'token-edited':
    case 'token-checking':
    case 'token-checked':
    case 'token-check-failed':
      return { ...wizard, token: reduceToken(wizard.token, event, origin) };
    case 'regions-loading':
    case 'regions-loaded':
    case 'regions-failed':
    case 'region-measured':
      return withFastest({ ...wizard, regions: reduceRegions(wizard, event) });
    case 'region-chosen':
      return { ...wizard, region: event.slug, moved: true, lostRegion: undefined };
    case 'size-chosen':
      return wizard.creating ? wizard : withSize(wizard, event.slug);
    case 'label-edited':
      if (wizard.creating) return wizard;
      // Step back: the label differs from the confirmed one.
      return { ...wizard, step: 'label', label: event.label, problem: undefined };
    case 'domain-edited':
      if (wizard.creating) return wizard;
      return { ...wizard, step: 'label', domain: event.domain, problem: undefined };
    case 'email-edited':
      if (wizard.creating) return wizard;
      return { ...wizard, step: 'label', email: event.email, problem: undefined };
    case 'zones-loaded':
      return { ...wizard, zones: event.zones };
    case 'ssh-keys-chosen':
      return wizard.creating ? wizard : { ...wizard, sshKeys: event.sshKeys, problem: undefined };
    case 'creating':
      return { ...wizard, creating: true, knownOperations: event.known, problem: undefined };
    case 'create-failed':
      return { ...wizard, creating: false, problem: event.error };
  }
}

function reduceToken(
  token: TokenState,
  event: Extract<WizardEvent, { type: `token-${string}` }>,
  origin: TokenOrigin | undefined,
): TokenState {
  switch (event.type) {
    case 'token-edited':
      if (token.check.state === 'unchecked') return token;
      return { source: savedSource(origin), check: { state: 'unchecked' } };
    case 'token-checking':
      return { source: event.source, check: { state: 'checking' } };
    case 'token-checked':
      if (token.check.state !== 'checking') return token;
      return { ...token, check: { state: 'checked', report: event.report } };
    case 'token-check-failed':
      if (token.check.state !== 'checking') return token;
      return { ...token, check: { state: 'failed', error: event.error } };
  }
}

function reduceRegions(
  { regions, size }: WizardState,
  event: Extract<WizardEvent, { type: `regions-${string}` | 'region-measured' }>,
): RegionsState {
  switch (event.type) {
    case 'regions-loading':
      return { ...regions, state: 'loading', error: undefined };
    case 'regions-loaded':
      return offering(size, {
        ...regions,
        state: 'loaded',
        open: event.regions,
        sizes: event.sizes,
        error: undefined,
      });
    case 'regions-failed':
      return { ...regions, state: 'failed', error: event.error };
    case 'region-measured':
      return { ...regions, latencies: { ...regions.latencies, [event.slug]: event.latency } };
  }
}

function offering(slug: string, regions: RegionsState): RegionsState {
  return {
    ...regions,
    list: regionsWith(regions.open, slug),
    size: regions.sizes.find((size) => size.slug === slug),
  };
}

/** Another size keeps the region, or leads back to the regions where that does not offer it. */
function withSize(wizard: WizardState, size: string): WizardState {
  const { step, region } = wizard;
  const regions = offering(size, wizard.regions);
  const changed = { ...wizard, size, regions, problem: undefined, lostRegion: undefined };
  if (regions.list.some(({ slug }) => slug === region))
    // Step back: the size differs from the confirmed one.
    return { ...withFastest(changed), step: step === 'create' ? 'label' : step };
  const lost = regions.open.find(({ slug }) => slug === region);
  return { ...withFastest(changed), step: 'region', lostRegion: lost?.name };
}

/** The fastest region is chosen for the person until they choose themselves. */
function withFastest(wizard: WizardState): WizardState {
  const stillOffered = wizard.regions.list.some(({ slug }) => slug === wizard.region);
  if (wizard.moved && stillOffered) return wizard;
  return { ...wizard, region: sortedRegions(wizard.regions)[0]?.slug, moved: false };
}

/** Adding an existing server. */
export function reduceAddServer(state: AppState, event: AddServerEvent): AppState {
  if (event.type === 'add-server-opened') return { ...state, addServer: EMPTY_ADD_SERVER };
  // Answers may arrive after the screen was left.
  if (state.addServer === undefined) return state;
  return { ...state, addServer: reduceEntry(state.addServer, event) };
}

function reduceEntry(
  draft: AddServerState,
  event: Exclude<AddServerEvent, { type: 'add-server-opened' }>,
): AddServerState {
  switch (event.type) {
    case 'add-server-edited':
      return edited(draft, event);
    case 'panel-looking':
      return { ...draft, phase: 'looking', problem: undefined };
    case 'panel-found':
      return { ...draft, phase: 'found' };
    case 'panel-adding':
      return { ...draft, phase: 'adding' };
    case 'add-server-failed': {
      const { field, error } = event;
      return {
        ...draft,
        phase: 'editing',
        problem: field === undefined ? undefined : { field, error },
      };
    }
  }
}

/** Changes a field. Another address was not looked at yet; another label keeps the phase. */
function edited(
  draft: AddServerState,
  { field, value }: Extract<AddServerEvent, { type: 'add-server-edited' }>,
): AddServerState {
  const problem = draft.problem?.field === field ? undefined : draft.problem;
  if (field === 'label') return { ...draft, label: value, problem };
  return { ...draft, url: value, problem, phase: 'editing' };
}

/** Set-ups of domains, by server. */
export function reduceSetUp(state: AppState, event: SetUpEvent): AppState {
  const { serverId } = event;
  const { [serverId]: draft, ...others } = state.setUps;
  switch (event.type) {
    case 'set-up-opened':
      return { ...state, setUps: { ...others, [serverId]: emptySetUp(event.at) } };
    case 'set-up-closed':
      return { ...state, setUps: others };
    case 'set-up-changed':
      // Answers may arrive after it was left.
      if (draft === undefined) return state;
      return { ...state, setUps: { ...others, [serverId]: { ...draft, ...event.change } } };
  }
}
