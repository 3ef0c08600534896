import { domainProblem, emailProblem, RECORD_TTL } from '../core/domain.js';
import type { DnsRecord } from '../services/digitalocean/api.js';
import type { DnsFacts, NamePlan, TakenBack } from '../services/dns/server-records.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Choice, Confirmation, TextQuestion } from './question.js';

/** Stands for the address in a preview before there is a droplet. */
export const NEW_ADDRESS = 'the new server';

/** Name servers of DigitalOcean, to be entered at the registrar (contract: domains). */
export const NAME_SERVERS = [1, 2, 3].map((number) => `ns${number}.digitalocean.com`);

/** Machines of the person by their address: `server lab-2`, `droplet web`. */
export type Holders = ReadonlyMap<string, string>;

/** `A 198.51.100.7`, and the machine of the person that has the address: `A 198.51.100.7, server lab-2`. */
function recordText({ type, data }: DnsRecord, holders?: Holders): string {
  const holder = holders?.get(data);
  return holder === undefined ? `${type} ${data}` : `${type} ${data}, ${holder}`;
}

/** Asks which domain leads to a server. `wish`: the one that it was made for. */
export function domainQuestion({ label, ip, domain }: ServerEntry, wish?: string): TextQuestion {
  const initial = domain ?? wish;
  return {
    title: `Domain of ${label}`,
    lines: [
      `The A records DOMAIN and *.DOMAIN will point to ${ip}, TTL ${RECORD_TTL}. They are created if one of your accounts manages the domain; otherwise they are shown.`,
    ],
    field: 'Domain',
    ...(initial === undefined ? {} : { initial }),
    problem: (text) => domainProblem(text.toLowerCase()),
  };
}

/** Asks for the e-mail that the set-up wants; a hyphen alone leaves it to that. */
export function emailQuestion({ label }: ServerEntry, known: string | undefined): TextQuestion {
  return {
    title: `E-mail for the certificates of ${label}`,
    lines: ['Let’s Encrypt writes there. Saved for the set-up; type a hyphen to enter it later.'],
    field: 'E-mail for Let’s Encrypt',
    initial: known ?? LATER,
    problem: (text) => (text === LATER ? undefined : emailProblem(text)),
  };
}

/** Answer that leaves a question to a later time. */
export const LATER = '-';

/** Asks which domain of the accounts gets the records, where several would fit. */
export function zoneQuestion<T>(
  domain: string,
  zones: readonly { readonly zone: string; readonly account: string; readonly value: T }[],
): Choice<T> {
  return {
    title: `Which domain gets the records of ${domain}?`,
    lines: ['Several domains in your accounts match. DNS uses the one that is delegated.'],
    options: zones.map(({ zone, account, value }) => ({
      label: zones.every((each) => each.account === account) ? zone : `${zone} (${account})`,
      value,
    })),
  };
}

/** Question before records are created that are in nothing's way. */
export function createQuestion(domain: string, preview: readonly string[]): Confirmation {
  return {
    title: `Create the records of ${domain}?`,
    lines: preview,
    yes: 'Create',
    danger: false,
    effect: 'create them',
    advance: { value: domain, refusal: `The records of ${domain} were not created.` },
  };
}

/** One line for each record that is going to be made. `address`: where it leads. */
export function previewLines(
  plans: readonly NamePlan[],
  address: string,
  holders?: Holders,
): readonly string[] {
  return plans.map(({ fullName, isRight, conflicts }) => {
    const record = `A  ${fullName}  ${address}  TTL ${RECORD_TTL}`;
    const now = conflicts.map((each) => recordText(each, holders)).join(', ');
    if (conflicts.length > 0) return `${record}  (now: ${now})`;
    return isRight ? `${record}  (exists)` : `${record}  (new)`;
  });
}

/** Why a set-up continues without having made the records. */
export function recordsNotMadeText(reason: string): string {
  return `The records were not created: ${reason} They are shown next.`;
}

/** Question before records that answer for the domain give way. `preview`: lines of all records, unless shown before. */
export function replaceQuestion(
  domain: string,
  plans: readonly NamePlan[],
  { preview = [], holders }: { readonly preview?: readonly string[]; readonly holders?: Holders },
): Confirmation {
  const lines = plans.flatMap(({ fullName, conflicts }) =>
    conflicts.map((record) => `  ${fullName}  ${recordText(record, holders)}`),
  );
  const above = preview.length === 0 ? [] : [...preview, ''];
  return {
    title: `Replace the records of ${domain}?`,
    lines: [...above, 'The domain has these records, which would be replaced:', ...lines],
    yes: 'Replace',
    danger: true,
    typed: domain,
    effect: 'replace them',
    advance: {
      value: domain,
      refusal: `Not confirmed: ${domain} already has records. Nothing was changed.`,
    },
  };
}

/** Question before a domain is added to the account. */
export function addZoneQuestion(zone: string): Confirmation {
  return {
    title: `Add ${zone} to DigitalOcean?`,
    lines: [
      `${zone} is not among the domains of this account.`,
      'Once added, it works as soon as its registrar lists these name servers:',
      ...NAME_SERVERS.map((name) => `  ${name}`),
    ],
    yes: 'Add',
    danger: false,
    effect: 'add it',
    advance: {
      value: zone,
      refusal: `${zone} is not among the domains of this account. Nothing was changed.`,
    },
  };
}

export function zoneAddedLines(zone: string): readonly string[] {
  return [
    `${zone} was added. Enter these name servers at its registrar:`,
    ...NAME_SERVERS.map((name) => `  ${name}`),
  ];
}

/** Text about a domain whose registrar names others than DigitalOcean's. */
export function notDelegatedText(zone: string, found: readonly string[]): string {
  const now = found.length === 0 ? 'none are found' : `now ${found.join(', ')}`;
  return `${zone} is not delegated to DigitalOcean yet (name servers: ${now}). Its records work once the registrar lists ${NAME_SERVERS.join(', ')}; the program does not wait for that.`;
}

/** Question before the records of a destroyed server are removed. */
export function removeRecordsQuestion(
  label: string,
  names: readonly string[],
  wanted: string,
): Confirmation {
  return {
    title: `Remove the DNS records of ${label} too?`,
    lines: [
      'These records were created for it and still point to it:',
      ...names.map((name) => `  A ${name}`),
    ],
    yes: 'Remove',
    no: 'Keep',
    danger: false,
    effect: 'remove them',
    advance: {
      value: wanted,
      accepts: (text) => text === label || text === wanted,
      refusal: `Not confirmed: the DNS records of ${label} stay.`,
    },
  };
}

/** Names the records that stay, and why if that was not asked for. */
export function recordsKeptText(all: readonly DnsFacts[], reason?: string): string {
  const names = all.flatMap(({ domain, address }) => [
    `${domain} A ${address}`,
    `*.${domain} A ${address}`,
  ]);
  const why = reason === undefined ? '' : `: ${reason}`;
  return `DNS records stay (${names.join(', ')})${why}`;
}

/** Outcome for the records of a domain; one that was changed since is named. */
export function recordsRemovedText(
  { zone }: DnsFacts,
  { removed, changed }: Pick<TakenBack, 'removed' | 'changed'>,
): readonly string[] {
  return [
    ...(removed.length === 0 ? [] : [`Removed the DNS records ${removed.join(' and ')}.`]),
    ...changed.map(
      (record) =>
        `The record ${record.name} in ${zone} has since changed to ${recordText(record)}, and stays.`,
    ),
  ];
}
