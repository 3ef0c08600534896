import type { PanelApi } from '../services/panel/panel-api.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Work } from './work.js';

/**
 * Opens the panel's own API; asks for the code of its second factor where that is on. One code is sent once: five wrong
 * ones lock everybody out, so a wrong one ends this.
 */
export async function openPanelFor(server: ServerEntry, work: Work): Promise<PanelApi> {
  const { face, signal } = work;
  const { api, wantsCode } = await work.openPanelApi(server, signal);
  if (!wantsCode) return api;
  try {
    const code = await face.secret({
      lines: [`The panel of ${server.label} asks for the code of its second factor.`],
      field: 'Code',
    });
    await api.enterCode(code.trim(), signal);
    return api;
  } catch (error) {
    api.close();
    throw error;
  }
}
