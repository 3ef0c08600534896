import { InputError } from '../../core/errors.js';
import type { ServerEntry } from './registry.js';

/** InputError when one of these has the entry's label, or stands for the same server. */
export function requireNew(servers: readonly ServerEntry[], entry: ServerEntry): void {
  const known = servers.find((server) => isSameServer(server, entry));
  if (known !== undefined) {
    throw new InputError({
      code: 'server-known',
      message: `This panel is in the list already, as ${known.label}.`,
      hint: 'Choose that server in the list instead.',
    });
  }
  if (servers.some(({ label }) => label === entry.label)) {
    throw new InputError({
      code: 'label-taken',
      message: `There is already a server called ${entry.label}.`,
      hint: 'Choose another label.',
    });
  }
}

function isSameServer(one: ServerEntry, other: ServerEntry): boolean {
  // An address that a droplet had may be another one's now.
  if (one.providerId !== undefined && other.providerId !== undefined)
    return one.providerId === other.providerId;
  return originOf(one.panelUrl) === originOf(other.panelUrl);
}

function originOf(panelUrl: string): string {
  return URL.canParse(panelUrl) ? new URL(panelUrl).origin : panelUrl;
}

/** The server of the list whose panel is at this address. */
export function knownPanel(url: string, servers: readonly ServerEntry[]): ServerEntry | undefined {
  return servers.find(({ panelUrl }) => panelUrl.replace(/\/+$/, '') === url);
}
