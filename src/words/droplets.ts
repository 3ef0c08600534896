import { monthly } from './formats.js';
import { PROGRAM, RESET_COMMAND } from '../core/product.js';
import type { Droplet } from '../services/digitalocean/api.js';
import type { Confirmation } from './question.js';
import { savings } from './servers.js';

/** Another program may still be setting up a droplet that is younger than this. */
const MAY_BE_IN_WORK_MS = 30 * 60_000;

/** `portlama-lost (606395500, fra1, 203.0.113.5, $4/month)` */
export function dropletText(droplet: Droplet): string {
  const { id, name, regionSlug, publicIpv4, priceMonthlyUsd } = droplet;
  const cost = priceMonthlyUsd === undefined ? [] : [monthly(priceMonthlyUsd)];
  return `${name} (${[id, regionSlug, publicIpv4 ?? 'no address', ...cost].join(', ')})`;
}

/** Text to type before a droplet is destroyed: its name, or its id where the name cannot be typed. */
export function nameToType({ id, name }: Pick<Droplet, 'id' | 'name'>): string {
  return /^\w[\w.-]*$/.test(name) ? name : String(id);
}

export function adoptQuestion(droplet: Droplet, now: number): Confirmation {
  return {
    title: `Adopt ${droplet.name}?`,
    lines: [
      `${dropletPlace(droplet)} gets an entry in servers.json, inactive. Nothing is done to the droplet.`,
      `Its admin certificate does not come with it: it will say “certificate needed” until one is here. Run on the droplet as root, ${RESET_COMMAND} makes a new one; what to do with it is shown next.`,
      'If Portlama was never installed on it to the end, there is no panel, and adopting does not help: destroy it instead.',
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
      'It is in no list here, but it may be in the list of another computer of yours.',
      ...inWorkLines(droplet, now),
    ],
    yes: 'Destroy',
    danger: true,
    typed,
    effect: 'destroy it',
    advance: {
      value: typed,
      refusal: `${dropletText(droplet)} is destroyed only when it is named: nothing was done.`,
    },
  };
}

export function dropletDestroyedText(droplet: Droplet): string {
  const { id, name } = droplet;
  return `${name} is destroyed: droplet ${id} does not exist any more.${savings(droplet)}`;
}

export function dropletGoneText({ id, name }: Droplet): string {
  return `${name} was gone already: droplet ${id} does not exist any more.`;
}

export function dropletNeverThereText(dropletId: number): string {
  return `Droplet ${dropletId} does not exist, or not any more: nothing was destroyed.`;
}

/** Text for leaving while the droplet is being deleted. */
export function dropletInterruptedText({ name }: Droplet): string {
  return `${name} may be destroyed nevertheless.\n  look: ${PROGRAM} strays`;
}

function dropletPlace({ id, regionSlug, publicIpv4 }: Droplet): string {
  const address = publicIpv4 === undefined ? '' : ` at ${publicIpv4}`;
  return `Droplet ${id} in ${regionSlug}${address}`;
}

function inWorkLines({ createdAt }: Droplet, now: number): readonly string[] {
  const ageMs = now - Date.parse(createdAt);
  if (!(ageMs < MAY_BE_IN_WORK_MS)) return [];
  return ['It is so new that another program may still be setting it up.'];
}
