import { InputError } from '../core/errors.js';
import type { PanelApi } from '../services/panel/panel-api.js';
import { PanelError } from '../services/panel/panel-error.js';
import type { Handed } from '../services/provisioning/operations.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { requireServer } from './servers.js';
import type { Work } from './work.js';

/**
 * Opens the panel's own API; asks for the code of its second factor where that is on. One code is sent once: five wrong
 * ones lock everybody out, so a wrong one ends this.
 */
export async function openPanelFor(server: ServerEntry, work: Work): Promise<PanelApi> {
  const { signal } = work;
  const { api, wantsCode } = await work.openPanelApi(server, signal);
  if (!wantsCode) return api;
  try {
    const lines = [`The panel of ${server.label} asks for the code of its second factor.`];
    await api.enterCode(await askCode(lines, work), signal);
    return api;
  } catch (error) {
    api.close();
    throw error;
  }
}

/** Session of a panel with a second factor; none for a panel that does not answer now. */
export async function sessionFor(serverId: string, work: Work): Promise<Handed> {
  const server = await requireServer(work, serverId);
  try {
    const api = await openPanelFor(server, work);
    const { session } = api;
    api.close();
    return { session };
  } catch (error) {
    if (error instanceof PanelError && error.retryable) return {};
    throw error;
  }
}

/** A code of a second factor. Rejects with InputError for what cannot be one, before it counts as a wrong one. */
export async function askCode(lines: readonly string[], { face }: Work): Promise<string> {
  const code = (await face.secret({ lines, field: 'Code', isLine: true })).replaceAll(/\s/g, '');
  if (/^\d{6}$/.test(code)) return code;
  throw new InputError({
    code: 'code-malformed',
    message: 'A code has six digits: nothing was sent.',
    hint: 'The authenticator app shows it. Without a terminal it is read from standard input.',
  });
}
