import type { ServerEntry } from '../services/registry/registry.js';
import { accessLines } from '../words/access.js';
import type { Line } from '../words/line.js';
import { requireServer } from './servers.js';
import type { Work } from './work.js';

export interface OpenedPanel {
  readonly server: ServerEntry;
  /** False where there is no browser: the address and `lines` are all there is. */
  readonly isOpen: boolean;
  /** How the admin certificate gets into the browser. */
  readonly lines: readonly Line[];
}

/** Opens the panel in a browser where there is one. */
export async function openPanel(wanted: string, work: Work): Promise<OpenedPanel> {
  const { hasBrowser, inSshSession } = work.environment;
  const server = await requireServer(work, wanted);
  const isOpen = hasBrowser && !inSshSession;
  if (isOpen) await work.openUrl(server.panelUrl);
  // The store's title is known once it was chosen; a store that fails does not keep the rest back.
  await work.stores?.choose().catch(() => undefined);
  return { server, isOpen, lines: accessLines(server, work, isOpen) };
}
