import type { Hint } from '../core/hint.js';
import { labelProblem } from '../core/label.js';
import { SERVER_PATH } from '../core/product.js';
import { monthly } from './formats.js';
import { shellWord } from '../core/shell-word.js';
import type { Droplet } from '../services/digitalocean/api.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Advance, Confirmation, Line } from './question.js';

/** A server on a command line: its label, or its id where a shell could read more into the label. */
export function serverWord(server: Pick<ServerEntry, 'id' | 'label'>): string {
  return shellWord(serverName(server));
}

/** The label, or the id where a shell could read more into the label. */
export function serverName({ id, label }: Pick<ServerEntry, 'id' | 'label'>): string {
  return labelProblem(label) === undefined ? label : id;
}

export function destroyQuestion(
  server: ServerEntry,
  droplet: Droplet,
  wanted: string,
): Confirmation {
  const { label, ip } = server;
  return {
    title: `Destroy ${label}?`,
    lines: [
      `Droplet ${droplet.id} at ${ip} (${droplet.sizeSlug}) and all data on it are deleted. This cannot be undone.`,
      `${keptHere(server)} deleted too.${savings(droplet)}`,
    ],
    yes: 'Destroy',
    danger: true,
    typed: label,
    effect: 'destroy it',
    advance: repeatedName(server, wanted, 'destroyed'),
  };
}

/** Question about a server whose droplet is not in the token's account, and whose panel does not answer. */
export function removeMissingQuestion(
  server: ServerEntry,
  account: string,
  wanted: string,
): Confirmation {
  return {
    title: `Remove ${server.label} from the list?`,
    lines: [
      `Droplet ${server.providerId} is no longer in ${account}: there is nothing to destroy.`,
      `${keptHere(server)} deleted.`,
      'If the server belongs to another account, choose No: it keeps running there and still needs its certificate.',
    ],
    yes: 'Remove',
    danger: true,
    // Typed text rather than a key: the question comes after a look, and no letter, Tab or Enter for another place may
    // answer it.
    typed: server.label,
    effect: 'remove it from the list',
    advance: repeatedName(server, wanted, 'removed'),
  };
}

/** True for a server with a droplet that this program can destroy; false for one added by hand. */
export function isCloudServer<T extends Pick<ServerEntry, 'provider' | 'providerId'>>(
  server: T,
): server is T & { readonly providerId: string } {
  return server.provider === 'digitalocean' && server.providerId !== undefined;
}

export function removeQuestion(server: ServerEntry, wanted: string): Confirmation {
  return {
    title: `Remove ${server.label} from the list?`,
    lines: [
      'The server itself is not touched and keeps running.',
      ...(isCloudServer(server)
        ? [
            `Droplet ${server.providerId} costs money until it is destroyed. It becomes an unlisted droplet, which can be adopted again.`,
          ]
        : []),
      `${keptHere(server)} deleted.`,
    ],
    yes: 'Remove',
    danger: true,
    effect: 'remove it from the list',
    advance: repeatedName(server, wanted, 'removed'),
  };
}

/** Agreement by repeating the server's name. `wanted`: the label or id that the person gave. */
export function repeatedName({ label }: ServerEntry, wanted: string, done: string): Advance {
  return {
    value: shellWord(wanted),
    accepts: (text) => text === label || text === wanted,
    refusal: `Not confirmed: ${label} was not ${done}.`,
  };
}

/** Names the things kept on this machine, as the beginning of a sentence. */
function keptHere({ p12Path, authMethod }: ServerEntry): string {
  const hasCertificate = p12Path !== undefined || authMethod === 'keychain';
  return hasCertificate
    ? 'Its entry, certificate and password on this machine are'
    : 'Its entry on this machine is';
}

export function savings({ priceMonthlyUsd: usd }: Pick<Droplet, 'priceMonthlyUsd'>): string {
  return usd === undefined ? '' : ` It stops costing ${monthly(usd)}.`;
}

/** Text for leaving while the droplet is being deleted. */
export function destroyInterruptedText({ label }: ServerEntry): Hint {
  return [
    `${label} may still be destroyed; its entry stays until that is known.`,
    { command: 'servers', lead: 'check' },
  ];
}

/** Text after the droplet's deletion; local files and secrets may still exist. */
export function destroyedText(done: {
  readonly server: ServerEntry;
  readonly dropletId: number;
  readonly droplet: 'removed' | 'absent';
  readonly monthlyUsd: number | undefined;
}): string {
  const { server, dropletId, droplet, monthlyUsd } = done;
  if (droplet === 'absent') return `Droplet ${dropletId} of ${server.label} was already gone.`;
  const saved = savings({ priceMonthlyUsd: monthlyUsd });
  return `Destroyed ${server.label}: droplet ${dropletId} no longer exists.${saved}`;
}

export function removedMissingText({ label, providerId }: ServerEntry): string {
  return `Removed ${label}: droplet ${providerId} was already gone.`;
}

/** Question after DigitalOcean refused to rename the droplet; `why` is that refusal. */
export function renameInListQuestion(
  server: ServerEntry,
  label: string,
  why: string,
  wanted: string,
): Confirmation {
  return {
    title: `Rename ${server.label} in the list only?`,
    lines: [why, `The list then calls it ${label}; its droplet keeps its name.`],
    yes: 'Rename',
    danger: false,
    effect: 'rename it in the list only',
    advance: repeatedName(server, wanted, 'renamed'),
  };
}

/** `droplet`: the new name of its droplet; undefined when that was not renamed. */
export function renamedText(
  { label: before }: ServerEntry,
  label: string,
  droplet: string | undefined,
): string {
  const also = droplet === undefined ? '' : `; its droplet is ${droplet}`;
  return `Renamed ${before} to ${label}${also}.`;
}

export function removedText({ label }: ServerEntry): string {
  return `Removed ${label}; the server keeps running.`;
}

/** Text for leaving while a server is being added. */
export function addInterruptedText(panelUrl: string): Hint {
  return [`${panelUrl} may still be in the list.`, { command: 'servers', lead: 'check' }];
}

/** Result in the first line, advice in the others. */
export function addedLines(server: ServerEntry): readonly [string, ...Line[]] {
  const id = serverName(server);
  return [
    `Added ${server.label} as inactive.`,
    `  → Its panel requires the admin certificate: copy ${SERVER_PATH.p12} from the server. Its password is in ${SERVER_PATH.p12Password}.`,
    { command: 'certificate.import', id, lead: '  Then import it' },
    { command: 'servers.activate', id, lead: '→ To make it the active server' },
  ];
}

/** Text for leaving while the backup takes its place. */
export function restoreInterruptedText(path: string): Hint {
  return [`The backup may already have replaced ${path}.`, { command: 'servers', lead: 'check' }];
}

export function restoreQuestion(path: string): Confirmation {
  return {
    title: 'Restore the newest backup?',
    lines: [
      `The newest backup replaces ${path}.`,
      'The unreadable file is kept next to it. Changes since the backup are lost.',
    ],
    yes: 'Restore',
    danger: false,
    effect: 'restore it',
  };
}

/** Reason why no certificate can be bound on this machine. */
export function noKeychain({
  sandbox,
  platform,
}: {
  readonly sandbox: boolean;
  readonly platform: string;
}): string {
  return `It needs the login keychain of a Mac: ${sandbox ? 'the sandbox has none' : `this is ${platform}`}.`;
}
