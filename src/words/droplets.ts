import type { Hint } from '../core/hint.js';
import { monthly, type Table } from './formats.js';
import { RESET_COMMAND } from '../core/product.js';
import type { Droplet } from '../services/digitalocean/api.js';
import type { Confirmation } from './question.js';
import { savings } from './servers.js';

/** Another program may still be setting up a droplet that is younger than this. */
const MAY_BE_IN_WORK_MS = 30 * 60_000;

/** `portlama-lost (606395500, fra1, 203.0.113.5, $4/month)` */
export function dropletText(droplet: Droplet): string {
  const { id, name, regionSlug, publicIpv4, priceMonthlyUsd, account } = droplet;
  const cost = priceMonthlyUsd === undefined ? [] : [monthly(priceMonthlyUsd)];
  const whose = account === undefined ? [] : [`account ${account}`];
  const facts = [id, regionSlug, publicIpv4 ?? 'no address', ...cost, ...whose];
  return `${name} (${facts.join(', ')})`;
}

/** `owner`: label of the server, or what it is otherwise. */
export function dropletTable(
  list: readonly { readonly droplet: Droplet; readonly owner: string }[],
): Table {
  const several = list.some(({ droplet }) => droplet.account !== undefined);
  return {
    head: [
      'ID',
      'NAME',
      'REGION',
      'ADDRESS',
      'SIZE',
      'PRICE',
      'SERVER',
      ...(several ? ['ACCOUNT'] : []),
    ],
    rows: list.map(({ droplet, owner }) => [
      String(droplet.id),
      droplet.name,
      droplet.regionSlug,
      droplet.publicIpv4 ?? '-',
      droplet.sizeSlug,
      droplet.priceMonthlyUsd === undefined ? 'unknown' : monthly(droplet.priceMonthlyUsd),
      owner,
      ...(several ? [droplet.account ?? ''] : []),
    ]),
  };
}

/** Text to type before a droplet is destroyed: its name, or its id where the name cannot be typed. */
export function nameToType({ id, name }: Pick<Droplet, 'id' | 'name'>): string {
  return /^\w[\w.-]*$/.test(name) ? name : String(id);
}

/** `domain`: found in the account's DNS, with a panel behind it. */
export function adoptQuestion(droplet: Droplet, now: number, domain?: string): Confirmation {
  return {
    title: `Adopt ${droplet.name}?`,
    lines: [
      `${dropletPlace(droplet)} is added to servers.json as inactive. The droplet is not changed.`,
      `It shows “certificate needed” until its admin certificate is imported. To create a new one, run ${RESET_COMMAND} on the droplet as root; the next screen shows how to import it.`,
      'If the installation of Portlama never finished, there is no panel: destroy the droplet instead.',
      ...(domain === undefined ? [] : [`Its domain, by DigitalOcean’s DNS: ${domain}.`]),
      ...inWorkLines(droplet, now),
    ],
    yes: 'Adopt',
    danger: false,
    effect: 'adopt it',
  };
}

export function destroyDropletQuestion(droplet: Droplet, now: number): Confirmation {
  const typed = nameToType(droplet);
  return {
    title: `Destroy ${droplet.name}?`,
    lines: [
      `${dropletPlace(droplet)} and all data on it are deleted. This cannot be undone.${savings(droplet)}`,
      'It is not in this list, but may be in the list of another computer.',
      ...inWorkLines(droplet, now),
    ],
    yes: 'Destroy',
    danger: true,
    typed,
    effect: 'destroy it',
    advance: {
      value: typed,
      refusal: `Not confirmed: ${dropletText(droplet)} was not destroyed.`,
    },
  };
}

export function dropletDestroyedText(droplet: Droplet): string {
  const { id, name } = droplet;
  return `Destroyed ${name}: droplet ${id} no longer exists.${savings(droplet)}`;
}

export function dropletGoneText({ id, name }: Droplet): string {
  return `${name} was already gone: droplet ${id} no longer exists.`;
}

export function dropletNeverThereText(dropletId: number): string {
  return `Droplet ${dropletId} does not exist. Nothing was destroyed.`;
}

/** Text for leaving while the droplet is being deleted. */
export function dropletInterruptedText({ name }: Droplet): Hint {
  return [`${name} may still be destroyed.`, { command: 'droplets', lead: 'check' }];
}

function dropletPlace({ id, regionSlug, publicIpv4 }: Droplet): string {
  const address = publicIpv4 === undefined ? '' : ` at ${publicIpv4}`;
  return `Droplet ${id} in ${regionSlug}${address}`;
}

function inWorkLines({ createdAt }: Droplet, now: number): readonly string[] {
  const ageMs = now - Date.parse(createdAt);
  if (!(ageMs < MAY_BE_IN_WORK_MS)) return [];
  return ['It was created recently: another program may still be setting it up.'];
}
