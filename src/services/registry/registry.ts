import type { Event } from '../../core/event.js';
import { InputError, PortlamaError } from '../../core/errors.js';
import { labelTakenText } from '../../core/label.js';

/** One entry of servers.json, as the desktop app writes it too (contract: shared files). */
export interface ServerEntry {
  /** UUID. */
  readonly id: string;
  readonly label: string;
  /** `https://203.0.113.42:9292` */
  readonly panelUrl: string;
  readonly ip: string;
  readonly domain?: string | undefined;
  /** Absent for servers that were added by hand. */
  readonly provider?: 'digitalocean' | undefined;
  /** Droplet id as a decimal string. */
  readonly providerId?: string | undefined;
  readonly region?: string | undefined;
  /** ISO 8601. */
  readonly createdAt: string;
  /** At most one entry is active. */
  readonly active: boolean;
  readonly authMethod: 'p12' | 'keychain';
  readonly keychainIdentity?: string | undefined;
  /** Absolute path. */
  readonly p12Path?: string | undefined;
  /** Certificate imported in the desktop app: the fields above name it in the place of the server's own. */
  readonly adminAuth?: unknown;
}

/**
 * servers.json, shared with the desktop app. Every change re-reads the file, keeps unknown fields and entries as
 * they are, and replaces the file atomically. Calls reject with RegistryError; a file that does not parse is never
 * overwritten.
 */
export interface Registry {
  /** Absolute path of servers.json. */
  readonly path: string;
  /** Fires with the new list when this or another process changed the file, within a second; errors come as `error`. */
  readonly onChange: Event<RegistrySnapshot>;
  list(): Promise<readonly ServerEntry[]>;
  /** Proves that a change can be written, and changes nothing. Rejects as `save` would. */
  probe(): Promise<void>;
  /**
   * Adds, or replaces the whole entry of the same id: for one that was made here, and not read before. An active entry
   * makes all others inactive.
   */
  save(entry: ServerEntry): Promise<void>;
  /**
   * Adds one that is new. InputError when the list has its label, droplet or panel meanwhile: `label-taken`,
   * `server-known`.
   */
  add(entry: ServerEntry): Promise<void>;
  setActive(id: string): Promise<void>;
  /**
   * Changes fields of one entry; resolves to the entry as it is then. RegistryError `server-unknown`; InputError
   * `label-taken` when another has the label meanwhile.
   */
  change(id: string, change: Partial<Omit<ServerEntry, 'id' | 'active'>>): Promise<ServerEntry>;
  /** False when there was no such entry. Removes nothing but the entry. */
  remove(id: string): Promise<boolean>;
  /** Starts firing `onChange`; the disposable stops it. */
  watch(): { dispose(): void };
}

export type RegistrySnapshot =
  | { readonly servers: readonly ServerEntry[]; readonly error?: undefined }
  | { readonly servers?: undefined; readonly error: Error };

/** servers.json could not be read or changed: `registry-unreadable`, `registry-busy`, `server-unknown`, … */
export class RegistryError extends PortlamaError {
  override readonly name = 'RegistryError';
}

/** InputError when one of these has the entry's label, or stands for the same server. */
export function requireNew(servers: readonly ServerEntry[], entry: ServerEntry): void {
  const known = servers.find((server) => server.id === entry.id || isSameServer(server, entry));
  if (known !== undefined) {
    throw new InputError({
      code: 'server-known',
      message: `This panel is already in the list, as ${known.label}.`,
      hint: 'There is nothing to add.',
    });
  }
  requireUnusedLabel(servers, entry);
}

/** InputError when another one of these has the entry's label. */
export function requireUnusedLabel(servers: readonly ServerEntry[], entry: ServerEntry): void {
  if (!servers.some(({ id, label }) => label === entry.label && id !== entry.id)) return;
  throw new InputError({
    code: 'label-taken',
    message: labelTakenText(entry.label),
    hint: 'Choose another label.',
  });
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

/** The id of its droplet; undefined for a server that was added by hand, and where the file holds none that is valid. */
export function dropletIdOf({ provider, providerId }: ServerEntry): number | undefined {
  const id = Number(providerId);
  return provider === 'digitalocean' && Number.isSafeInteger(id) && id > 0 ? id : undefined;
}
