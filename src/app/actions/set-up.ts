import { keyOf } from '../../words/keys.js';
import { domainProblem, emailProblem } from '../../core/domain.js';
import type { ChosenDomain, OnboardedServer } from '../../usecases/onboard-server.js';
import type { OnboardingWatch } from '../../usecases/onboard-watch.js';
import type { ZoneLists } from '../../usecases/server-domain.js';
import type { Work } from '../../usecases/work.js';
import { copiedRecordText, recordNames } from '../../words/onboarding.js';
import { qrCodes } from '../../words/qr-lines.js';
import type { SetUpDraft } from '../form-state.js';
import { isUnderWay, labelOf, setUpsOf } from '../server-rows.js';
import { currentRoute } from '../state.js';
import type { ActionContext } from './context.js';
import { runUseCase, type UseCaseOptions } from './use-case.js';

/** Opens the set-up of a server where its panel has come to; one that is followed already is shown as it is. */
export async function openSetUp(context: ActionContext, serverId: string): Promise<void> {
  const { store, ports } = context;
  const isFollowed = store.state.setUps[serverId] !== undefined;
  if (!isFollowed) store.dispatch({ type: 'set-up-opened', serverId, at: ports.clock.now() });
  store.dispatch({ type: 'route-opened', route: { screen: 'set-up', serverId } });
  if (!isFollowed) await run(context, serverId, { again: 'refuse' });
}

/** Why the form cannot be sent yet; undefined when it can. */
export function whyNotSubmit({ domain, email, kept }: SetUpDraft): string | undefined {
  const name = domain.trim().toLowerCase();
  if (name === '') return 'The domain is missing.';
  const problem = domainProblem(name);
  if (problem !== undefined) return problem;
  if (email.trim() === '') return name === kept ? undefined : 'The e-mail address is missing.';
  return emailProblem(email.trim());
}

/** Sends the form, once its domain is typed again: nothing leads back later. */
export async function submitSetUp(context: ActionContext, serverId: string): Promise<void> {
  const draft = context.store.state.setUps[serverId];
  if (draft === undefined || draft.isBusy || whyNotSubmit(draft) !== undefined) return;
  const form = {
    domain: draft.domain.trim().toLowerCase(),
    email: draft.email.trim() || undefined,
  };
  change(context, serverId, { isBusy: true, problem: undefined });
  if (!context.setUps.submit(serverId, form))
    await run(context, serverId, { again: 'refuse', form });
}

/** Looks at DNS at once; after a failure tries again. */
export async function checkOrRetry(context: ActionContext, serverId: string): Promise<void> {
  const draft = context.store.state.setUps[serverId];
  if (draft === undefined) return;
  if (draft.isBusy) {
    const id = setUpsOf(context.store.state, serverId).find(isUnderWay)?.id;
    if (id !== undefined) await context.ports.operations.wake(id);
  } else await run(context, serverId, { again: draft.step === 'install' ? 'agreed' : 'refuse' });
}

/** Ends the wait for DNS, and asks for another domain. */
export async function changeDomain(context: ActionContext, serverId: string): Promise<void> {
  if (context.store.state.setUps[serverId]?.step !== 'dns') return;
  context.setUps.stop(serverId);
  change(context, serverId, { step: 'domain', isBusy: true, dns: undefined, problem: undefined });
  const options = optionsOf(context, serverId, (changed) => change(context, serverId, changed));
  const outcome = await runUseCase(context, options, async (work) => {
    const { stopOnboarding } = await import('../../usecases/onboard-server.js');
    await stopOnboarding(serverId, quiet(work));
  });
  if (outcome === 'done' && isOnScreen(context, serverId))
    await run(context, serverId, { again: 'refuse' });
}

/** Copies the record that is chosen. */
export function copyRecord(context: ActionContext, serverId: string): void {
  const draft = context.store.state.setUps[serverId];
  if (draft?.dns === undefined) return;
  const record = `${chosenRecord(draft)} A ${draft.dns.address}`;
  context.terminal.copy(record);
  context.messages.toast('accent', copiedRecordText(record));
}

export function copyRecords({ store, terminal, messages }: ActionContext, serverId: string): void {
  const dns = store.state.setUps[serverId]?.dns;
  if (dns === undefined) return;
  // The clipboard of a terminal takes one line.
  terminal.copy(
    recordNames(dns.domain)
      .map((name) => `${name} A ${dns.address}`)
      .join('; '),
  );
  messages.toast('accent', copiedRecordText(undefined));
}

/** Name of the record that is copied alone; undefined before there is a look at DNS. */
export function chosenRecord({ dns, record }: SetUpDraft): string | undefined {
  const names = dns === undefined ? [] : recordNames(dns.domain);
  return names.find((name) => name === record) ?? names[0];
}

/** Domains of the accounts to choose from. Without a token that can read them the typing is left. */
async function loadZones(
  context: ActionContext,
  serverId: string,
  lists: ZoneLists,
): Promise<void> {
  const options = { title: 'Reading domains', onError: () => undefined, quiet: true, agreed: true };
  await runUseCase(context, options, async (work) => {
    const { listZones } = await import('../../usecases/server-domain.js');
    const zones = (await listZones(work, lists)).map(({ name }) => name.toLowerCase());
    change(context, serverId, { zones });
  });
}

/** Ends a stay on the screen. Only what follows the work stops: its worker continues. */
function leaveSetUp(context: ActionContext, serverId: string): void {
  const { store, setUps, messages } = context;
  const draft = store.state.setUps[serverId];
  const label = labelOf(store.state, serverId);
  setUps.stop(serverId);
  setUps.forget(serverId);
  store.dispatch({ type: 'set-up-closed', serverId });
  if (draft?.isBusy !== true) return;
  if (draft.step === 'install')
    messages.toast(
      'accent',
      `The installation on ${label} continues. Press ${keyOf('servers.set-up')} on it to see it.`,
    );
  if (draft.step === 'dns')
    messages.toast(
      'accent',
      `${label} is set up in the background once its DNS is correct. Press ${keyOf('servers.set-up')} on it to see it.`,
    );
}

/** Ends what belongs to the screen of a set-up, however that was left. */
export function watchSetUps(context: ActionContext): void {
  const { store, lifetime } = context;
  let shown: string | undefined;
  lifetime.add(
    store.onChange(({ routes }) => {
      const route = routes.find(({ screen }) => screen === 'set-up');
      const now = route?.screen === 'set-up' ? route.serverId : undefined;
      if (now === shown) return;
      const left = shown;
      shown = now;
      if (left !== undefined) leaveSetUp(context, left);
    }),
  );
}

/** Asks before the second factor, which is shown once, is closed by a key that only leaves. */
export function askBeforeLeaving({ store, setUps, messages }: ActionContext): boolean {
  const route = currentRoute(store.state);
  if (route.screen !== 'set-up' || setUps.read(route.serverId)?.totpUri === undefined) return false;
  messages.dialog({
    kind: 'question',
    title: 'Is the second factor in your app?',
    lines: ['It is shown only once. The password stays in the credential store.'],
    yes: 'Close',
    no: 'Stay',
    danger: false,
    typed: undefined,
    subject: route.serverId,
    onYes: () => store.dispatch({ type: 'route-closed' }),
  });
  return true;
}

interface RunInput {
  /** About an installation that failed before. */
  readonly again: 'agreed' | 'refuse';
  /** The form, where it was filled in before. */
  readonly form?: ChosenDomain;
}

/** Leads the panel on from its own state. Leaving the screen ends only what follows the work. */
async function run(
  context: ActionContext,
  serverId: string,
  { again, form }: RunInput,
): Promise<void> {
  const { store, ports, setUps } = context;
  const stopped = setUps.begin(serverId);
  const tell = (changed: Partial<SetUpDraft>): void => {
    if (!stopped.aborted) change(context, serverId, changed);
  };
  const lists: ZoneLists = new Map();
  tell({ isBusy: true, problem: undefined, since: ports.clock.now() });
  const choose = async (
    kept: string | undefined,
    wish: Partial<ChosenDomain>,
  ): Promise<ChosenDomain> => {
    if (form !== undefined) return form;
    const typed = store.state.setUps[serverId];
    const domain = typed?.domain || (kept ?? wish.domain ?? '');
    const email = typed?.email || (wish.email ?? '');
    tell({ step: 'domain', isOpen: true, isBusy: false, kept, domain, email });
    void loadZones(context, serverId, lists);
    return await setUps.waitForForm(serverId, stopped);
  };
  const watch = watchOf(context, serverId, tell);
  const input = { again, choose, watch, makesRecords: true, lists };
  const outcome = await runUseCase(context, optionsOf(context, serverId, tell), async (work) => {
    const { onboardServer } = await import('../../usecases/onboard-server.js');
    const signal = AbortSignal.any([work.signal, stopped]);
    const mine = quiet({ ...work, signal });
    await keep(context, await onboardServer(serverId, input, mine), tell);
  });
  if (outcome !== 'declined' || stopped.aborted) return;
  if (store.state.setUps[serverId]?.isOpen === true) tell({ step: 'domain', isBusy: false });
  // The code of the second factor was not given.
  else if (isOnScreen(context, serverId)) store.dispatch({ type: 'route-closed' });
}

function optionsOf(
  context: ActionContext,
  serverId: string,
  tell: (changed: Partial<SetUpDraft>) => void,
): UseCaseOptions {
  const label = labelOf(context.store.state, serverId);
  return {
    title: `Setting up ${label}`,
    onError(problem) {
      tell({ isBusy: false, problem });
      if (!isOnScreen(context, serverId))
        context.messages.error(`The set-up of ${label} stopped`, problem, { subject: serverId });
    },
    subject: serverId,
    quiet: true,
    // Leaving is looked at by `stopped`.
    agreed: true,
  };
}

/** The screen shows the waits, and what is final. */
function quiet(work: Work): Work {
  const say: Work['face']['say'] = (line, tone) => {
    if (tone === 'warn') work.face.say(line, tone);
  };
  return { ...work, face: { ...work.face, say } };
}

function watchOf(
  { store, ports }: ActionContext,
  serverId: string,
  tell: (changed: Partial<SetUpDraft>) => void,
): OnboardingWatch {
  return {
    report(news) {
      const step = news.part === 'dns' ? 'dns' : 'install';
      const isNew = store.state.setUps[serverId]?.step !== step;
      tell({ step, isOpen: false, ...(isNew ? { since: ports.clock.now() } : {}) });
      if (news.part === 'dns') tell({ dns: news.dns, domain: news.dns.domain });
      if (news.part === 'install') tell({ tasks: news.tasks });
    },
  };
}

/** Keeps what is shown once beside the state. */
async function keep(
  context: ActionContext,
  done: OnboardedServer,
  tell: (changed: Partial<SetUpDraft>) => void,
): Promise<void> {
  const { setUps } = context;
  const { server, domain, username, password, isReplaced, isPasswordKnown, totpUri } = done;
  const codes = totpUri === undefined ? [] : await qrCodes(totpUri);
  if (password !== undefined)
    setUps.keep(server.id, { username, password, isReplaced, totpUri, codes });
  const untold = isPasswordKnown ? 'kept' : 'unknown';
  const login = { username, password: password === undefined ? untold : 'told' } as const;
  tell({ step: 'done', isOpen: false, isBusy: false, domain, login });
}

function isOnScreen({ store }: ActionContext, serverId: string): boolean {
  const route = currentRoute(store.state);
  return route.screen === 'set-up' && route.serverId === serverId;
}

function change({ store }: ActionContext, serverId: string, changed: Partial<SetUpDraft>): void {
  store.dispatch({ type: 'set-up-changed', serverId, change: changed });
}
