import { InputError, messageOf, PortlamaError } from '../core/errors.js';
import type { PanelApi } from '../services/panel/panel-api.js';
import { PanelApiError } from '../services/panel/panel-api-error.js';
import { PanelError } from '../services/panel/panel-error.js';
import type { Handed } from '../services/provisioning/operations.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { ServerMeta } from '../services/registry/server-meta.js';
import { WRONG_CODES, wrongCodeLines } from '../words/two-factor.js';
import { requireServer } from './servers.js';
import type { Work } from './work.js';

/**
 * Opens the panel's own API. Where its second factor is on, the session of an earlier code in this process opens it, else
 * a code is asked for.
 */
export async function openPanelFor(
  server: ServerEntry,
  work: Work,
  evenDead = false,
): Promise<PanelApi> {
  const { signal, panelSessions } = work;
  const { api, wantsCode } = await work.openPanelApi(server, signal, evenDead);
  api.onSession = (session) => void panelSessions.set(server.id, session);
  if (!wantsCode) return api;
  try {
    if (await isJoined(api, server, work)) return api;
    const lines = [`The panel of ${server.label} asks for the code of its second factor.`];
    await sendCode(server, lines, (code) => api.enterCode(code, signal), work);
    return api;
  } catch (error) {
    api.close();
    throw error;
  }
}

/** True when the session of an earlier code still opens it. */
async function isJoined(api: PanelApi, { id }: ServerEntry, work: Work): Promise<boolean> {
  const session = work.panelSessions.get(id);
  if (session === undefined) return false;
  api.join(session);
  try {
    await api.onboarding(work.signal);
    return true;
  } catch (error) {
    if (!(error instanceof PanelApiError) || error.code !== 'panel-two-factor') throw error;
    work.panelSessions.delete(id);
    return false;
  }
}

/**
 * Session of a panel with a second factor; none for a panel that does not answer now, nor, with `evenDead`, where the
 * certificate opens nothing.
 */
export async function sessionFor(serverId: string, work: Work, evenDead = false): Promise<Handed> {
  const server = await requireServer(work, serverId);
  try {
    const api = await openPanelFor(server, work, evenDead);
    const { session } = api;
    api.close();
    return { session };
  } catch (error) {
    const isShut = error instanceof PortlamaError && SHUT.has(error.code);
    if (error instanceof PanelError && (evenDead || error.retryable)) return {};
    if (evenDead && isShut) return {};
    throw error;
  }
}

/** The certificate that is kept here opens nothing. */
const SHUT: ReadonlySet<string> = new Set(['panel-certificate-revoked', 'panel-not-openable']);

/**
 * Asks for a code and sends it, once. A wrong one is counted, and another is asked for only where a person types: five
 * wrong ones lock everybody out, so the question says how many are left.
 */
export async function sendCode(
  { id }: ServerEntry,
  lines: readonly string[],
  send: (code: string) => Promise<void>,
  work: Work,
): Promise<void> {
  let refused: Error | undefined;
  for (;;) {
    const wrong = await lateWrongCodes(id, work);
    const said = refused === undefined ? [] : [messageOf(refused)];
    const question = [...said, ...lines, ...wrongCodeLines(wrong.length)];
    try {
      await send(await askCode(question, refused, work));
      if (wrong.length > 0) await work.changeServerMeta(id, { wrongCodes: undefined });
      return;
    } catch (error) {
      if (error instanceof PanelApiError && error.code === 'panel-code-wrong') {
        if ((await countWrongCode(id, work)) >= WRONG_CODES.most) throw error;
      } else if (!isMalformed(error) || error === refused) throw error;
      refused = error;
    }
  }
}

async function lateWrongCodes(id: string, work: Work): Promise<readonly number[]> {
  return lateOf(await work.readServerMeta(id), work.clock.now());
}

/** Resolves to how many were wrong lately, those of other processes with this one. */
async function countWrongCode(id: string, work: Work): Promise<number> {
  let count = 0;
  await work.changeServerMeta(id, (known) => {
    const now = work.clock.now();
    const wrongCodes = [...lateOf(known, now), now];
    count = wrongCodes.length;
    return { wrongCodes };
  });
  return count;
}

function lateOf({ wrongCodes = [] }: ServerMeta, now: number): readonly number[] {
  return wrongCodes.filter((at) => at <= now && now - at < WRONG_CODES.windowMs);
}

/** Rejects with InputError for what cannot be a code, before it counts as a wrong one. */
async function askCode(
  lines: readonly string[],
  refused: Error | undefined,
  { face }: Work,
): Promise<string> {
  const again = refused === undefined ? {} : { unlessTyped: refused };
  const typed = await face.secret({ lines, field: 'Code', isLine: true, ...again });
  const code = typed.replaceAll(/\s/g, '');
  if (/^\d{6}$/.test(code)) return code;
  throw new InputError({
    code: MALFORMED,
    message: 'A code has six digits: nothing was sent.',
    hint: 'The authenticator app shows it. Without a terminal it is read from standard input.',
  });
}

const MALFORMED = 'code-malformed';

function isMalformed(error: unknown): error is InputError {
  return error instanceof InputError && error.code === MALFORMED;
}
