import { PanelError } from '../services/panel/panel-error.js';
import type { Handed } from '../services/provisioning/operations.js';
import { openPanelFor } from './open-panel-for.js';
import { requireServer } from './servers.js';
import type { Work } from './work.js';

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
