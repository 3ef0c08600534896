import { QUESTION_HELP } from '../words/question-help.js';
import { domainProblem, emailProblem, requireDomain, requireEmail } from '../core/domain.js';
import { InputError } from '../core/errors.js';
import type { PanelApi } from '../services/panel/panel-api.js';
import { PanelApiError } from '../services/panel/panel-api-error.js';
import type { Onboarding, ProvisionState } from '../services/panel/panel-bodies.js';
import { isAtWork, type Operation } from '../services/provisioning/operations.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { freezeQuestion, frozenText, retryQuestion } from '../words/onboarding.js';
import { USUAL_MS } from './onboard-dns.js';
import { installationFailed, reasonOf } from './onboard-install.js';
import {
  ADMIN,
  isPasswordKept,
  keepPassword,
  type KnownPassword,
  offerPassword,
  saveDomain,
} from './onboard-login.js';
import { type OnboardingWatch, tasksAfter } from './onboard-watch.js';
import { openPanelFor } from './open-panel-for.js';
import { dismissOperation, held } from './operations.js';
import { leadDomainOnTheWay, wishOf, type ZoneLists } from './server-domain.js';
import { requireServer } from './servers.js';
import { findUpkeep, followUpkeep, stopUpkeep } from './upkeep.js';
import type { Work } from './work.js';
import { DAY_MS } from '../core/time.js';

export interface OnboardingInput {
  readonly domain?: string | undefined;
  readonly email?: string | undefined;
  /**
   * Asks for both in one form, once the panel is known to take a domain; `kept` is the one that it has, `wish` what the
   * server was made for.
   */
  readonly choose?:
    ((kept: string | undefined, wish: Partial<ChosenDomain>) => Promise<ChosenDomain>) | undefined;
  /** Domain of your account to create the records in, and the one label below it, instead of `domain`. */
  readonly zone?: string | undefined;
  readonly subdomain?: string | undefined;
  /** Replaces records that answer for the domain, without a question. */
  readonly override?: boolean | undefined;
  /** Makes the records where an account here has the domain, after a preview. Without it only a `zone` does. */
  readonly makesRecords?: boolean | undefined;
  readonly lists?: ZoneLists | undefined;
  /** Decision about an installation that failed before; `ask` by default. */
  readonly again?: 'ask' | 'agreed' | 'refuse' | undefined;
  readonly watch?: OnboardingWatch | undefined;
}

export interface ChosenDomain {
  readonly domain: string;
  /** Undefined leaves the panel with the domain and the address that it has. */
  readonly email: string | undefined;
}

export interface OnboardedServer extends KnownPassword {
  readonly server: ServerEntry;
  readonly domain: string;
  readonly username: string;
  /** Second factor of Authelia's admin, an otpauth address: to be shown once, never logged. */
  readonly totpUri?: string | undefined;
}

/** Longest wait for DNS that a screen began: a delegation may take a day. */
const WATCHED_WAIT_MS = DAY_MS;
const KNOWN = ['FRESH', 'DOMAIN_SET', 'DNS_READY', 'PROVISIONING', 'COMPLETED'];

/**
 * Leads a server to its domain: domain, DNS, installation, password and second factor. What takes long is an operation
 * with a worker of its own, which this follows. Continues from the panel's state, wherever an earlier run, on this
 * machine or another, came to; a server that others set up keeps its password unless a new one is asked for.
 */
export async function onboardServer(
  wanted: string,
  input: OnboardingInput,
  work: Work,
): Promise<OnboardedServer> {
  // An e-mail alone is for a domain that is asked for.
  const domain = wishOf({ ...input, email: undefined })?.name;
  const email = input.email === undefined ? undefined : requireEmail(input.email);
  const server = await requireServer(work, wanted);
  const known = await findUpkeep(server.id, 'onboard', work);
  const way =
    known !== undefined && (await isFollowed(known, domain, server, work))
      ? ({ kind: 'follow', id: known.id } as const)
      : await begin(server, known, { ...input, domain, email }, work);
  if (way.kind === 'follow') await followUpkeep(way.id, work, input.watch);
  const done = await finish(server, work);
  if (way.id !== undefined) await dismissOperation(way.id, work);
  return done;
}

/** Ends the wait of a set-up for DNS, so that the panel can be given another domain. Nothing of it is lost. */
export async function stopOnboarding(wanted: string, work: Work): Promise<void> {
  const server = await requireServer(work, wanted);
  const known = await findUpkeep(server.id, 'onboard', work);
  if (known === undefined) return;
  if (isAtWork(known)) await stopUpkeep(known, work);
  await dismissOperation(known.id, work);
}

type Way =
  /** A worker leads it on. */
  | { readonly kind: 'follow'; readonly id: string }
  /** The panel is done; password and second factor are left. `id`: its operation. */
  | { readonly kind: 'finish'; readonly id: string | undefined };

/** Starts a worker, or resumes the earlier operation, if the panel's state needs it. */
async function begin(
  server: ServerEntry,
  known: Operation | undefined,
  input: OnboardingInput,
  work: Work,
): Promise<Way> {
  const api = await openPanelFor(server, work);
  try {
    const state = await api.onboarding(work.signal);
    requireKnown(state, server);
    const resumed = isResumed(known, input) ? known : undefined;
    const domain =
      resumed === undefined
        ? await settleDomain(server, state, input, api, work)
        : domainOf(resumed);
    if (state.status === 'COMPLETED') return { kind: 'finish', id: known?.id };
    const again = state.status === 'PROVISIONING' && (await settleRetry(server, api, input, work));
    const handed = { session: api.session };
    if (resumed !== undefined && !again) {
      await held(work, work.operations.resume(resumed.id, handed));
      return { kind: 'follow', id: resumed.id };
    }
    if (known !== undefined) await dismissOperation(known.id, work);
    const { watch } = input;
    const dnsWaitMs = watch === undefined ? USUAL_MS : WATCHED_WAIT_MS;
    const address = state.ip ?? server.ip;
    const wanted = { kind: 'onboard', domainName: domain, address, again, dnsWaitMs } as const;
    const id = await held(work, work.operations.startUpkeep(server, wanted, handed));
    return { kind: 'follow', id };
  } finally {
    api.close();
  }
}

/** True while its worker continues. One that waits for the DNS of another domain than the wanted one is stopped. */
async function isFollowed(
  known: Operation,
  domain: string | undefined,
  server: ServerEntry,
  work: Work,
): Promise<boolean> {
  if (!isAtWork(known)) return false;
  const begun = domainOf(known);
  if (domain === undefined || domain === begun) return true;
  const isWaiting = known.steps.some(({ id, status }) => id === 'await_dns' && status !== 'done');
  if (!isWaiting) throw frozen(server, begun);
  await stopUpkeep(known, work);
  return false;
}

/** True for one that stopped, about this domain: it was agreed to when it was begun. */
function isResumed(known: Operation | undefined, { domain }: OnboardingInput): known is Operation {
  return known?.status === 'interrupted' && (domain === undefined || domain === domainOf(known));
}

function domainOf({ request }: Operation): string {
  return request.kind === 'onboard' ? request.domainName : '';
}

/** True when a run of the installation failed before, and is to be started again; false while one is under way. */
async function settleRetry(
  server: ServerEntry,
  api: PanelApi,
  { again = 'ask', watch }: OnboardingInput,
  { face, signal }: Work,
): Promise<boolean> {
  const state = await firstState(api, signal);
  if (state === undefined || state.isRunning) return false;
  const reason = reasonOf(state);
  watch?.report({ part: 'install', tasks: tasksAfter([], state) });
  if (again === 'refuse') throw installationFailed(server, reason);
  if (again === 'ask') {
    face.say(`The installation failed before: ${reason}`, 'warn');
    await face.confirm(retryQuestion(server, reason));
  }
  return true;
}

/** The first message of the installation's stream; undefined once the panel is set up. */
async function firstState(api: PanelApi, signal: AbortSignal): Promise<ProvisionState | undefined> {
  try {
    for await (const message of api.followProvision(signal)) if ('type' in message) return message;
  } catch (error) {
    if (!(error instanceof PanelApiError) || error.code !== 'panel-setup-complete') throw error;
  }
  return undefined;
}

/**
 * The entry of the list, once the panel is done. A login that others may have stays, unless a new password is asked for;
 * one of this program gets its second factor.
 */
async function finish({ id }: ServerEntry, work: Work): Promise<OnboardedServer> {
  const server = await requireServer(work, id);
  const api = await openPanelFor(server, work);
  try {
    const domain = (await api.onboarding(work.signal)).domain?.toLowerCase();
    if (domain === undefined) throw unknownState(server, 'COMPLETED without a domain');
    const { onboarding } = await work.readServerMeta(id);
    const isOurs = onboarding?.stage === 'installing' && onboarding.domain === domain;
    const login =
      isOurs && (await isPasswordKept(server, work))
        ? await showLogin(server, onboarding.isReplaced === true, api, work)
        : await offerPassword(server, api, work);
    // Last: the list shows a set-up that is whole.
    const saved = await saveDomain(server, domain, work);
    if (isOurs) await work.changeServerMeta(id, { onboarding: { domain, stage: 'done' } });
    return { ...saved, ...login, username: ADMIN };
  } finally {
    api.close();
  }
}

async function showLogin(
  server: ServerEntry,
  isReplaced: boolean,
  api: PanelApi,
  work: Work,
): Promise<KnownPassword & Pick<OnboardedServer, 'totpUri'>> {
  const { password } = await keepPassword(server, undefined, api, work);
  const totpUri = await api.resetTotp(ADMIN, work.signal);
  work.redactor.add(totpUri);
  return { password, isReplaced, isPasswordKnown: true, totpUri };
}

/** The domain that the panel has, or gets now. */
async function settleDomain(
  server: ServerEntry,
  state: Onboarding,
  input: OnboardingInput,
  api: PanelApi,
  work: Work,
): Promise<string> {
  const isOpen = state.status === 'FRESH' || state.status === 'DOMAIN_SET';
  if (!isOpen) {
    if (state.domain === undefined) throw unknownState(server, `${state.status} without a domain`);
    const fixed = state.domain.toLowerCase();
    if (input.domain === undefined || input.domain === fixed) return fixed;
    throw frozen(server, fixed);
  }
  const wish: Partial<ChosenDomain> = (await work.readServerMeta(server.id)).wish ?? {};
  const chosen =
    (await input.choose?.(state.domain, wish)) ??
    (await askDomain(server, state.domain ?? wish.domain, wish.email, input, work));
  const { domain, email } = chosen;
  const isTyped = input.domain === undefined;
  if (!isTyped) work.face.say(frozenText(server, domain));
  await work.face.confirm(freezeQuestion(server, domain, !isTyped));
  await makeRecordsOf(server, chosen, input, work);
  if (email !== undefined) await api.setDomain(domain, email, work.signal);
  return domain;
}

async function makeRecordsOf(
  server: ServerEntry,
  { domain }: ChosenDomain,
  { zone, override, makesRecords, lists }: OnboardingInput,
  work: Work,
): Promise<void> {
  if (zone === undefined && makesRecords !== true) return;
  const asks = makesRecords === true ? work.face : undefined;
  await leadDomainOnTheWay(server, { domain, zone, override, asks, lists }, work);
}

async function askDomain(
  server: ServerEntry,
  known: string | undefined,
  knownEmail: string | undefined,
  input: OnboardingInput,
  { face }: Work,
): Promise<ChosenDomain> {
  const title = `Set up ${server.label}`;
  const domain =
    input.domain ??
    requireDomain(
      await face.ask({
        title,
        field: 'Domain',
        help: QUESTION_HELP.domain,
        ...(known === undefined ? {} : { initial: known }),
        problem: (text) => domainProblem(text.toLowerCase()),
      }),
    );
  const email =
    input.email ??
    (await face.ask({
      title,
      field: 'E-mail for Let’s Encrypt',
      help: QUESTION_HELP.certificateEmail,
      ...(knownEmail === undefined ? {} : { initial: knownEmail }),
      problem: emailProblem,
    }));
  return { domain, email };
}

function frozen({ label }: ServerEntry, domain: string): InputError {
  return new InputError({
    code: 'domain-frozen',
    message: `${label} is set up for ${domain}, which can no longer be changed.`,
    hint: 'For another domain, create another server.',
  });
}

function requireKnown({ status }: Onboarding, server: ServerEntry): void {
  if (!KNOWN.includes(status)) throw unknownState(server, status);
}

function unknownState({ label, panelUrl }: ServerEntry, state: string): InputError {
  return new InputError({
    code: 'panel-state-unknown',
    message: `The panel of ${label} is in a state that this program does not know: ${state}.`,
    hint: `It may be of a newer version. Open it in a browser: ${panelUrl}`,
  });
}
