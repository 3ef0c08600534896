import type { TokenReport } from '../../services/digitalocean/token-check.js';
import { createServer } from '../../usecases/create-server.js';
import { findOffer } from '../../usecases/regions.js';
import { requireStore as requireStoreOf } from '../../usecases/stores.js';
import {
  checkToken as checkTokenAtHand,
  isSupplied,
  openApi,
  saveToken,
} from '../../usecases/token.js';
import type { KeyWork } from '../../usecases/work.js';
import type { AppEvent } from '../events.js';
import { effectiveDomain, effectiveEmail, effectiveLabel, labelStepProblem } from '../labels.js';
import type { ShownError } from '../shown-error.js';
import { WIZARD_STEPS, type WizardState } from '../form-state.js';
import { isUpkeep } from '../../services/provisioning/journal/records.js';
import { oneAtATimeText } from '../../words/operations.js';
import { isUnderWay } from '../server-rows.js';
import { compareDroplets, loadAccounts } from './compare-droplets.js';
import type { ActionContext } from './context.js';
import { askKeystore } from './credentials.js';
import { showStarted } from './provisioning.js';
import { requireStore } from './secret-store.js';
import { runUseCase } from './use-case.js';

/** Opens the wizard with nothing entered. */
export async function openWizard(context: ActionContext): Promise<void> {
  const { store, token, messages } = context;
  token.forget();
  store.dispatch({ type: 'wizard-opened' });
  store.dispatch({ type: 'route-opened', route: { screen: 'create-server' } });
  const other = store.state.operations.list.find(
    (operation) => isUnderWay(operation) && !isUpkeep(operation.request),
  );
  if (other !== undefined) messages.toast('warn', oneAtATimeText(other.request.label));
  if (store.state.keystore.tokenOrigin === undefined) await askKeystore(context);
  // Require a place for secrets before anything costs money.
  await requireStore(context);
}

/** Forgets a typed token when the wizard is left, by whatever way. */
export function watchWizard({ store, token, lifetime }: ActionContext): void {
  let isOpen = false;
  lifetime.add(
    store.onChange(({ wizard }) => {
      if (isOpen && wizard === undefined) token.forget();
      isOpen = wizard !== undefined;
    }),
  );
}

/** Checks the typed token, or the saved one if the field is empty. Saves it only once it proved usable. */
export async function checkToken(context: ActionContext, typed: string): Promise<void> {
  const { store, ports, token } = context;
  if (store.state.wizard?.token.check.state === 'checking') return;
  const entered = typed.trim();
  if (entered !== '') token.keep(entered);
  const held = token.read();
  store.dispatch({ type: 'token-checking', source: held === undefined ? 'saved' : 'entered' });
  const replaced = token.signal;
  // Drop results about a replaced token; they would pass for results about the current one.
  const tell = (news: TokenNews): void => {
    if (!replaced.aborted) store.dispatch(news);
  };
  const onError = (error: ShownError): void => tell({ type: 'token-check-failed', error });
  const options = { title: 'Checking the token', onError, quiet: true };
  const outcome = await runUseCase(context, options, async (work) => {
    const signal = AbortSignal.any([work.signal, replaced]);
    const report = await checkOrSave(held, { ...work, signal });
    // The account of a token that is refused is none that anything is done in.
    if (report.ok && report.account !== undefined)
      store.dispatch({ type: 'account-known', email: report.account.email });
    // Compare again: the token may be of another account.
    const asked = isSupplied(ports) ? { ...ports, typedToken: held } : ports;
    if (report.ok && held !== undefined) {
      const open = async () => (await loadAccounts()).openAccounts(asked);
      void compareDroplets(context, open);
    }
    tell({ type: 'token-checked', report });
  });
  if (outcome === 'failed') await requireStore(context);
}

async function checkOrSave(held: string | undefined, work: KeyWork): Promise<TokenReport> {
  if (held !== undefined) return await saveToken(held, work);
  await requireStoreOf(work);
  return await checkTokenAtHand(work);
}

type TokenNews = Extract<AppEvent, { type: 'token-checked' | 'token-check-failed' }>;

/** Forgets the last token and its check before another one is typed. */
export function editToken({ store, token }: ActionContext): void {
  token.forget();
  store.dispatch({ type: 'token-edited' });
}

/** Moves to the next step if the entries allow it. */
export async function nextWizardStep(context: ActionContext): Promise<void> {
  const { store } = context;
  const { wizard } = store.state;
  if (wizard === undefined) return;
  if (wizard.step === 'token' && hasUsableToken(wizard)) {
    store.dispatch({ type: 'wizard-step', step: 'region' });
    await loadRegions(context);
  } else if (wizard.step === 'region' && wizard.region !== undefined) {
    store.dispatch({ type: 'wizard-step', step: 'label' });
    await loadZones(context, wizard);
  } else if (wizard.step === 'label' && labelStepProblem(store.state) === undefined) {
    store.dispatch({ type: 'wizard-step', step: 'create' });
  }
}

/** True once the token step is passed. */
export function hasUsableToken({ token }: WizardState): boolean {
  return token.check.state === 'checked' && token.check.report.ok;
}

/** Moves one step back, out of the wizard from the first; entries are kept while it is open. */
export function previousWizardStep({ store }: ActionContext): void {
  const { wizard } = store.state;
  if (wizard === undefined || wizard.creating) return;
  const previous = WIZARD_STEPS[WIZARD_STEPS.indexOf(wizard.step) - 1];
  if (previous !== undefined) {
    store.dispatch({ type: 'wizard-step', step: previous });
    return;
  }
  store.dispatch({ type: 'route-closed' });
}

/** Regions with their latencies, asked once a wizard; a failure is asked again. */
export async function loadRegions(context: ActionContext): Promise<void> {
  const { store } = context;
  const { wizard } = store.state;
  const state = wizard?.regions.state;
  if (wizard === undefined || state === 'loading' || state === 'loaded') return;
  store.dispatch({ type: 'regions-loading' });
  const onError = (error: ShownError): void => {
    if (isStillOpen(context, wizard)) store.dispatch({ type: 'regions-failed', error });
  };
  const options = { title: 'Reading regions and prices', onError, quiet: true, agreed: true };
  await runUseCase(context, options, async (work) => {
    const offer = await findOffer(await openApi(work), work);
    if (!isStillOpen(context, wizard)) return;
    store.dispatch({ type: 'regions-loaded', ...offer });
    await measureRegions(context);
  });
}

/** Domains of the account to choose from. A token that cannot read them leaves the typing, which says so. */
async function loadZones(context: ActionContext, wizard: WizardState): Promise<void> {
  const options = { title: 'Reading domains', onError: () => undefined, quiet: true, agreed: true };
  await runUseCase(context, options, async (work) => {
    const { listZones } = await import('../../usecases/server-domain.js');
    const zones = (await listZones(work)).map(({ name }) => name.toLowerCase());
    if (isStillOpen(context, wizard)) context.store.dispatch({ type: 'zones-loaded', zones });
  });
}

/** Has the person choose the SSH keys that stay on the server. Leaving the question keeps the choice of before. */
export async function chooseSshKey(context: ActionContext): Promise<void> {
  const { store } = context;
  const { wizard } = store.state;
  if (wizard === undefined || wizard.creating) return;
  await runUseCase(context, { title: 'Choosing an SSH key' }, async (work) => {
    const { askSshKeys } = await import('../../usecases/ssh-keys.js');
    const sshKeys = await askSshKeys(work);
    if (isStillOpen(context, wizard)) store.dispatch({ type: 'ssh-keys-chosen', sshKeys });
  });
}

/** True while this very wizard is open, not a later one. */
function isStillOpen({ store }: ActionContext, { draft }: WizardState): boolean {
  return store.state.wizard?.draft === draft;
}

/** Takes another size, and measures the regions that only this one brings up. */
export async function chooseSize(context: ActionContext, size: string): Promise<void> {
  const { store } = context;
  store.dispatch({ type: 'size-chosen', slug: size });
  const { list = [], latencies = {} } = store.state.wizard?.regions ?? {};
  const isNew = list.some(({ slug }) => latencies[slug] === undefined);
  if (isNew) await context.run({ title: 'Measuring the regions' }, () => measureNew(context));
}

async function measureNew(context: ActionContext): Promise<void> {
  const { list = [], latencies = {} } = context.store.state.wizard?.regions ?? {};
  const unknown = list.map(({ slug }) => slug).filter((slug) => latencies[slug] === undefined);
  await measureRegions(context, unknown);
}

/** Times the way to these regions anew; to all that offer the size, if none are named. */
export async function measureRegions(
  { store, ports, signal }: ActionContext,
  slugs = store.state.wizard?.regions.list.map(({ slug }) => slug) ?? [],
): Promise<void> {
  await ports.measureRegions(
    slugs,
    (slug, latency) => store.dispatch({ type: 'region-measured', slug, latency }),
    signal,
  );
}

/** Measures again because the person asked for it. */
export function remeasureRegions(context: ActionContext): Promise<void> {
  if (context.store.state.wizard?.regions.state === 'failed') return loadRegions(context);
  return context.run({ title: 'Measuring the regions' }, () => measureRegions(context));
}

/** Starts the provisioning and shows it. */
export async function create(context: ActionContext): Promise<void> {
  const { store, messages } = context;
  const { wizard } = store.state;
  if (wizard?.region === undefined || wizard.creating) return;
  if (labelStepProblem(store.state) !== undefined) return;
  const { region, size } = wizard;
  const form = {
    label: effectiveLabel(store.state),
    region,
    size,
    sshKeys: wizard.sshKeys?.keys,
    ...(wizard.regions.state === 'loaded' ? { regions: wizard.regions.open } : {}),
  };
  const [domain, email] = [effectiveDomain(store.state), effectiveEmail(store.state)];
  const known = store.state.operations.list.map(({ id }) => id);
  store.dispatch({ type: 'creating', known });
  const onError = (error: ShownError): void => {
    if (isStillOpen(context, wizard)) store.dispatch({ type: 'create-failed', error });
    else messages.error(`Creating ${form.label} was not started`, error);
  };
  const title = `Starting the provisioning of ${form.label}`;
  const outcome = await runUseCase(
    context,
    { title, onError, quiet: true, agreed: true },
    // The question about the records shows them.
    (work) =>
      createServer(
        { ...form, domain: domain ? { domain, email, asks: work.face } : undefined },
        work,
      ),
    (id) => showStarted(context, id, form.label, isStillOpen(context, wizard)),
  );
  if (outcome === 'declined' && isStillOpen(context, wizard))
    store.dispatch({ type: 'create-failed', error: undefined });
}
