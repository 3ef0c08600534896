import type { CommandHint } from '../core/hint.js';
import type { DnsReport, ProvisionNews } from '../services/panel/panel-bodies.js';
import type { NameState } from '../services/panel/set-up-facts.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Confirmation } from './question.js';
import { serverWord } from './servers.js';

/** Names below the domain that the panel gets certificates for (contract: onboarding). */
export const PANEL_NAMES = ['panel', 'auth', 'tunnel'] as const;

export function freezeQuestion(
  { label }: ServerEntry,
  domain: string,
  typedAlready: boolean,
): Confirmation {
  return {
    title: `Set up ${label} for ${domain}?`,
    lines: [
      `The domain of a server cannot be changed once its DNS is verified: ${domain} is final.`,
      `Its panel will be https://panel.${domain}.`,
    ],
    yes: 'Set up',
    danger: true,
    typed: domain,
    effect: `set it up for ${domain}`,
    // The option spells the domain already.
    ...(typedAlready
      ? {}
      : {
          advance: {
            value: domain,
            refusal: `${label} was not set up: confirm it by typing its domain.`,
          },
        }),
  };
}

export function frozenText({ label }: ServerEntry, domain: string): string {
  return `Setting up ${label} for ${domain}, which cannot be changed once its DNS is verified.`;
}

export const RETRY_NOTE =
  'All six tasks start over; issued certificates are kept. Let’s Encrypt limits failed attempts: fix the cause first.';

export function retryQuestion({ label }: ServerEntry, failure: string): Confirmation {
  return {
    title: `Start the installation on ${label} again?`,
    lines: [`It failed: ${failure}`, RETRY_NOTE],
    yes: 'Retry',
    danger: false,
    effect: 'start it again',
  };
}

/** Way to a second factor that a password alone does not give. */
export function noFactorHint(server: ServerEntry): CommandHint {
  const lead = 'Its second factor stays the same. If nobody has it, create a new one';
  return { command: 'servers.users.two-factor', id: serverWord(server), lead };
}

/** Offers a new password where the one that the panel has is not in the store of this machine. */
export function newPasswordQuestion(server: ServerEntry): Confirmation {
  const { label } = server;
  return {
    title: `Set a new password for the login of ${label}?`,
    lines: [
      `The password of the user admin on ${label} is not stored on this machine.`,
      'A new password replaces it: tell everyone who uses the old one.',
      noFactorHint(server),
    ],
    yes: 'Set a new one',
    danger: true,
    effect: 'set a new one',
    advance: {
      value: 'new-password',
      refusal: `The password of the user admin on ${label} is not stored on this machine. --yes new-password sets a new one.`,
    },
  };
}

/** Names of the two records to make. */
export function recordNames(domain: string): readonly string[] {
  return [domain, `*.${domain}`];
}

/** Toast about what is in the clipboard; undefined for both records. */
export function copiedRecordText(record: string | undefined): string {
  return `Copied ${record ?? 'the two records'} (if the terminal allows it).`;
}

/** The records to make, as a zone file or a form of a registrar wants them. */
export function recordLines(domain: string, address: string): readonly string[] {
  return [`A record   ${domain}      ${address}`, `A record   *.${domain}    ${address}`];
}

/** Label of another server that one of the addresses is of; undefined for none. */
export function holderOf(
  addresses: readonly string[],
  serverId: string,
  servers: readonly Pick<ServerEntry, 'id' | 'ip' | 'label'>[],
): string | undefined {
  return servers.find(({ id, ip }) => id !== serverId && addresses.includes(ip))?.label;
}

export function nameLine(state: NameState): string {
  return `${state.name} ${foundText(state)}`;
}

/** Predicate of a name: `does not exist yet`. */
export function foundText({ found, isRight, failure, holder }: Omit<NameState, 'name'>): string {
  if (isRight) return 'points to the server';
  if (failure !== undefined) return `could not be looked up (${failure})`;
  if (holder !== undefined) return `points to ${holder} (${found.join(', ')})`;
  return found.length === 0 ? 'does not exist yet' : `points to ${found.join(', ')}`;
}

/** Line that names the records that DNS lacks. */
export function dnsWaitText(report: DnsReport | undefined, names: readonly NameState[]): string {
  const wrong = names.filter(({ isRight }) => !isRight).map(nameLine);
  if (wrong.length > 0) return `Waiting for DNS: ${wrong.join('; ')}`;
  return `Waiting for DNS: ${report?.message ?? 'the server’s own resolver fails'}`;
}

export function ipv6Warning({ name, ipv6 = [] }: NameState): string {
  return `${name} has an IPv6 address as well (${ipv6.join(', ')}). Let’s Encrypt tries IPv6 first: if this address is not the server’s, remove it.`;
}

/** Line about one message of the installation. */
export function installText({ title, task, status, message, progress }: ProvisionNews): string {
  const count = progress === undefined ? '' : `${progress.current} of ${progress.total} · `;
  const what = message === undefined ? '' : `: ${message}`;
  return `${count}${title ?? task}${status === 'done' ? ' ✔' : what}`;
}

/** Command that continues the set-up. */
export function againHint(server: ServerEntry, lead?: string): CommandHint {
  const id = serverWord(server);
  return { command: 'servers.onboard', id, ...(lead === undefined ? {} : { lead }) };
}

/** Login of Authelia's admin; never logged. */
export interface OnboardingSecrets {
  readonly username: string;
  readonly password?: string | undefined;
  /** True when it took the place of one that is not known here. */
  readonly isReplaced: boolean;
}

export function passwordLines(
  { username, password, isReplaced }: OnboardingSecrets,
  domain: string,
  store: { readonly title: string; readonly isMemory: boolean },
): readonly string[] {
  if (password === undefined) return [];
  return [
    ...(isReplaced ? ['A new password was set: the previous one is not known here.'] : []),
    `Log in at https://auth.${domain} as ${username} with the password ${password}`,
    store.isMemory
      ? `It is stored in ${store.title}, which is lost when this program ends: write it down now.`
      : `It is also stored in ${store.title}.`,
  ];
}
