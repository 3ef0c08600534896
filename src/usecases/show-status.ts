import type { PanelApi } from '../services/panel/panel-api.js';
import type { PanelCertificate, PanelService, PanelStats } from '../services/panel/panel-bodies.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { openPanelFor } from './open-panel-for.js';
import { requireServer } from './servers.js';
import type { Work } from './work.js';

export interface ServerStatus {
  readonly server: ServerEntry;
  /** Version of the panel server. */
  readonly version: string | undefined;
  /** State of its set-up, in the panel's word. */
  readonly state: string;
  /** Undefined before the set-up is complete: the panel offers none of it then. */
  readonly inside?: Inside;
}

interface Inside {
  readonly stats: PanelStats;
  readonly services: readonly PanelService[];
  readonly certificates: readonly PanelCertificate[];
  /** The timer that renews public certificates is on. */
  readonly renewsItself: boolean;
}

/** Asks the panel of a server what it knows of its machine; for one that is down, why. Changes nothing. */
export async function showStatus(wanted: string, work: Work): Promise<ServerStatus> {
  const server = await requireServer(work, wanted);
  try {
    return await askPanel(server, work);
  } catch (error) {
    const { explained } = await import('./explain-offline.js');
    throw await explained(server, error, work);
  }
}

async function askPanel(server: ServerEntry, work: Work): Promise<ServerStatus> {
  const api = await openPanelFor(server, work);
  try {
    const { status: state } = await api.onboarding(work.signal);
    const version = await api.version(work.signal);
    const seen = { server, version, state };
    return state === 'COMPLETED' ? { ...seen, inside: await lookInside(api, work.signal) } : seen;
  } finally {
    api.close();
  }
}

async function lookInside(api: PanelApi, signal: AbortSignal): Promise<Inside> {
  const [stats, services, certificates, renewsItself] = await Promise.all([
    api.stats(signal),
    api.services(signal),
    api.certificates(signal),
    api.renewsItself(signal),
  ]);
  return { stats, services, certificates, renewsItself };
}
