import { panelAddress } from '../core/domain.js';
import { InputError, messageOf } from '../core/errors.js';
import { autheliaPasswordKey, type CredentialKey } from '../services/keystore/keystore.js';
import type { PanelApi } from '../services/panel/panel-api.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { newPasswordQuestion, noFactorHint } from '../words/onboarding.js';
import { Declined } from './face.js';
import type { Work } from './work.js';

export interface KnownPassword {
  /** Set in this run and stored already; undefined when it was set up before. */
  readonly password?: string | undefined;
  /** True when it replaced a password that is not stored here. */
  readonly isReplaced: boolean;
  /** False for one that others set and that stays. */
  readonly isPasswordKnown: boolean;
}

/** User of Authelia that the installation makes. */
export const ADMIN = 'admin';

const STORE_PATIENCE_MS = 5 * 60_000;
const STORE_POLL_MS = 5_000;

/** Stores it before it is shown. One that was missed is replaced: no call of the panel says it again. */
export async function keepPassword(
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
  await store(key, password, work);
  return { password, isReplaced: said === undefined };
}

/** Stores what no call says again. A store that is locked meanwhile, by a screen saver for example, is waited for. */
async function store(key: CredentialKey, password: string, work: Work): Promise<void> {
  const { keystore, clock, face, signal } = work;
  const until = clock.monotonic() + STORE_PATIENCE_MS;
  for (;;) {
    try {
      return await keystore.set(key, password);
    } catch (error) {
      if (clock.monotonic() > until) throw error;
      face.progress(`Waiting for the credential store: ${messageOf(error)}`);
    }
    await clock.sleep(STORE_POLL_MS, signal);
  }
}

/** True when the store here has the password of the login. */
export async function isPasswordKept(
  { id }: Pick<ServerEntry, 'id'>,
  { keystore }: Pick<Work, 'keystore'>,
): Promise<boolean> {
  return (await keystore.get(autheliaPasswordKey(id))) !== undefined;
}

/**
 * Offers a new password where the one that others set is not in the store here. It takes the place of theirs, so it is
 * set only when that is agreed to; declining, or a run that cannot ask, changes nothing.
 */
export async function offerPassword(
  server: ServerEntry,
  api: PanelApi,
  work: Work,
): Promise<KnownPassword> {
  const { face, signal } = work;
  if (await isPasswordKept(server, work)) return { isReplaced: false, isPasswordKnown: true };
  try {
    await face.confirm(newPasswordQuestion(server));
  } catch (error) {
    const isDeclined = error instanceof Declined;
    if (signal.aborted || (!isDeclined && !(error instanceof InputError))) throw error;
    if (!isDeclined) face.say(error.message);
    return { isReplaced: false, isPasswordKnown: false };
  }
  const kept = await keepPassword(server, undefined, api, work);
  face.say(noFactorHint(server), 'advice');
  return { ...kept, isPasswordKnown: true };
}

/** The panel answers at its name from now on; its address stays a second way. */
export async function saveDomain(
  { id }: ServerEntry,
  domain: string,
  work: Work,
): Promise<{ readonly server: ServerEntry; readonly domain: string }> {
  const server = await work.registry.change(id, { domain, panelUrl: panelAddress(domain) });
  work.news({ kind: 'servers-changed' });
  return { server, domain };
}
