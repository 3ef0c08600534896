import type { ServerEntry } from '../services/registry/registry.js';
import { accessLines } from '../words/access.js';
import type { Line } from '../words/question.js';
import { requireServer } from './servers.js';
import type { EnvironmentFacts, KeyWork } from './work.js';

export interface OpenedPanel {
  readonly server: ServerEntry;
  /** False where there is no browser: the address and `lines` are all there is. */
  readonly isOpen: boolean;
  /** Instructions to get the admin certificate into the browser. */
  readonly lines: readonly Line[];
}

/** A browser that is started here is where the person is. */
export function canOpenPanel({ hasBrowser, inSshSession }: EnvironmentFacts): boolean {
  return hasBrowser && !inSshSession;
}

/** Opens the panel in a browser where there is one. */
export async function openPanel(wanted: string, work: KeyWork): Promise<OpenedPanel> {
  const server = await requireServer(work, wanted);
  const isOpen = canOpenPanel(work.environment);
  if (isOpen) await work.openUrl(server.panelUrl);
  // The store's title is known once it was chosen; a store that fails does not keep the rest back.
  await work.stores?.choose().catch(() => undefined);
  return { server, isOpen, lines: accessLines(server, work, isOpen) };
}
