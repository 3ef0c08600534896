import {
  domainProblem,
  emailProblem,
  panelAddress,
  requireDomain,
  requireEmail,
} from '../core/domain.js';
import { InputError, messageOf } from '../core/errors.js';
import { autheliaPasswordKey } from '../services/keystore/keystore.js';
import type { PanelApi } from '../services/panel/panel-api.js';
import type { Onboarding } from '../services/panel/panel-bodies.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { freezeQuestion, frozenText } from '../words/onboarding.js';
import { waitForDns } from './onboard-dns.js';
import { install, type InstallOptions } from './onboard-install.js';
import type { OnboardingWatch } from './onboard-watch.js';
import { openPanelFor } from './open-panel-for.js';
import { requireServer } from './servers.js';
import type { Work } from './work.js';

export interface OnboardingInput {
  readonly domain?: string | undefined;
  readonly email?: string | undefined;
  /** Asks for both in one form, once the panel is known to take a domain; `kept` is the one that it has. */
  readonly choose?: ((kept: string | undefined) => Promise<ChosenDomain>) | undefined;
  /** Decision about an installation that failed before; `ask` by default. */
  readonly again?: InstallOptions['again'] | undefined;
  readonly watch?: OnboardingWatch | undefined;
}

export interface ChosenDomain {
  readonly domain: string;
  /** Undefined leaves the panel with the domain and the address that it has. */
  readonly email: string | undefined;
}

export interface OnboardedServer {
  readonly server: ServerEntry;
  readonly domain: string;
  readonly username: string;
  /** Set in this run and stored already; undefined when it was set up before. */
  readonly password?: string | undefined;
  /** A new one took the place of one that was missed. */
  readonly isReplaced: boolean;
  /** Second factor of Authelia's admin, an otpauth address: to be shown once, never logged. */
  readonly totpUri?: string | undefined;
}

const ADMIN = 'admin';
const KNOWN = ['FRESH', 'DOMAIN_SET', 'DNS_READY', 'PROVISIONING', 'COMPLETED'];

/**
 * Leads a server to its domain: domain, DNS, installation, password and second factor. Goes on from the panel's own
 * state, wherever an earlier run, on this machine or another, came to; a server that is set up keeps its password.
 */
export async function onboardServer(
  wanted: string,
  input: OnboardingInput,
  work: Work,
): Promise<OnboardedServer> {
  const domain = input.domain === undefined ? undefined : requireDomain(input.domain);
  const email = input.email === undefined ? undefined : requireEmail(input.email);
  const server = await requireServer(work, wanted);
  const api = await openPanelFor(server, work);
  try {
    const state = await api.onboarding(work.signal);
    requireKnown(state, server);
    const chosen = await settleDomain(server, state, { ...input, domain, email }, api, work);
    const isOurs = await isOurRun(server, chosen, work);
    if (state.status === 'COMPLETED' && !isOurs)
      return { ...(await saveDomain(server, chosen, work)), username: ADMIN, isReplaced: false };
    return await complete(server, { domain: chosen, state, input }, api, work);
  } finally {
    api.close();
  }
}

interface Begun {
  readonly domain: string;
  readonly state: Onboarding;
  readonly input: OnboardingInput;
}

async function complete(
  server: ServerEntry,
  { domain, state, input: { watch, again = 'ask' } }: Begun,
  api: PanelApi,
  work: Work,
): Promise<OnboardedServer> {
  const { signal, face } = work;
  const address = state.ip ?? server.ip;
  const target = { server, domain, address, watch };
  // A run that is under way is followed at once, whatever the DNS looks like from here.
  if (state.status !== 'COMPLETED' && state.status !== 'PROVISIONING')
    await waitForDns({ ...target, asksPanel: true }, api, work);
  const beforeAgain = () => waitForDns({ ...target, asksPanel: false }, api, work);
  await work.changeServerMeta(server.id, { onboarding: { domain, stage: 'installing' } });
  const { password, isRepeated } =
    state.status === 'COMPLETED'
      ? { password: undefined, isRepeated: false }
      : await install(server, api, { again, beforeAgain, watch }, work);
  watch?.report({ part: 'finish' });
  face.progress('Storing the password');
  const kept = await keepPassword(server, password, api, work);
  if (isRepeated && !kept.isReplaced) {
    await api.restartService('authelia', signal).catch((error: unknown) => {
      face.say(
        `Authelia could not be restarted, so it may not know its password yet: ${messageOf(error)}`,
        'warn',
      );
    });
  }
  const totpUri = await api.resetTotp(ADMIN, signal);
  work.redactor.add(totpUri);
  // Last: the list shows a set-up that is whole.
  const saved = await saveDomain(server, domain, work);
  await work.changeServerMeta(server.id, { onboarding: { domain, stage: 'done' } });
  face.progress(undefined);
  return { ...saved, ...kept, username: ADMIN, totpUri };
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
    throw new InputError({
      code: 'domain-frozen',
      message: `${server.label} is set up for ${fixed}, which cannot be changed any more.`,
      hint: 'For another domain, create another server.',
    });
  }
  const chosen =
    (await input.choose?.(state.domain)) ?? (await askDomain(server, state, input, work));
  const { domain, email } = chosen;
  const isTyped = input.domain === undefined;
  if (!isTyped) work.face.say(frozenText(server, domain));
  await work.face.confirm(freezeQuestion(server, domain, !isTyped));
  if (email !== undefined) await api.setDomain(domain, email, work.signal);
  return domain;
}

async function askDomain(
  server: ServerEntry,
  state: Onboarding,
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
        ...(state.domain === undefined ? {} : { initial: state.domain }),
        problem: (text) => domainProblem(text.toLowerCase()),
      }),
    );
  const email =
    input.email ??
    (await face.ask({ title, field: 'E-mail for Let’s Encrypt', problem: emailProblem }));
  return { domain, email };
}

/** True when this program began the set-up and was not told everything yet. */
async function isOurRun({ id }: ServerEntry, domain: string, work: Work): Promise<boolean> {
  const { onboarding } = await work.readServerMeta(id);
  return onboarding?.stage === 'installing' && onboarding.domain === domain;
}

/** Stores it before it is shown. One that was missed is replaced: no call of the panel says it again. */
async function keepPassword(
  { id }: ServerEntry,
  said: string | undefined,
  api: PanelApi,
  work: Work,
): Promise<{ readonly password: string; readonly isReplaced: boolean }> {
  const { keystore, signal } = work;
  const key = autheliaPasswordKey(id);
  if (said === undefined) {
    const stored = await keystore.get(key);
    if (stored !== undefined) return { password: stored, isReplaced: false };
  }
  const password = said ?? work.newPassword();
  work.redactor.add(password);
  // Set first: a stored one that the panel does not have would pass for the right one later.
  if (said === undefined) await api.setPassword(ADMIN, password, signal);
  await keystore.set(key, password);
  return { password, isReplaced: said === undefined };
}

/** The panel answers at its name from now on; its address stays a second way. */
async function saveDomain(
  { id }: ServerEntry,
  domain: string,
  work: Work,
): Promise<{ readonly server: ServerEntry; readonly domain: string }> {
  const listed = await requireServer(work, id);
  const server = { ...listed, domain, panelUrl: panelAddress(domain) };
  await work.registry.save(server);
  work.news({ kind: 'servers-changed' });
  return { server, domain };
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
