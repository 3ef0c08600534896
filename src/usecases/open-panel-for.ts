import { InputError } from '../core/errors.js';
import type { PanelApi } from '../services/panel/panel-api.js';
import type { ServerEntry } from '../services/registry/registry.js';
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
