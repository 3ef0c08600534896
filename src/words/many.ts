import type { Hint } from '../core/hint.js';
import type { Droplet } from '../services/digitalocean/api.js';
import type { UnlistedDroplet } from '../services/provisioning/droplets/unlisted.js';
import type { Operation } from '../services/provisioning/operations.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { count, monthly } from './formats.js';
import type { Confirmation } from './question.js';
import { isCloudServer } from './servers.js';

/** Everything that agreement does, known before it is asked for. */
export interface EndPlan {
  readonly destroyed: readonly { readonly server: ServerEntry; readonly droplet: Droplet }[];
  /** Entries whose droplet no longer exists. */
  readonly missing: readonly ServerEntry[];
  /** Entries that are only taken off the list; the servers keep running. */
  readonly removed: readonly ServerEntry[];
  readonly unlisted: readonly UnlistedDroplet[];
  readonly dismissed: readonly Operation[];
}

/** One question about all that was marked: names, and what stops costing money. */
export function manyQuestion(plan: EndPlan): Confirmation {
  const { destroyed, missing, removed, unlisted, dismissed } = plan;
  const number = String(sizeOf(plan));
  const isDestroying = destroyed.length + unlisted.length > 0;
  const verb = isDestroying
    ? 'Destroy'
    : missing.length + removed.length > 0
      ? 'Remove'
      : 'Dismiss';
  return {
    title: `${verb} ${number} at once?`,
    lines: [
      ...named('Destroyed with all data. This cannot be undone:', [
        ...destroyed.map(({ server }) => server.label),
        ...unlisted.map(({ droplet }) => droplet.name),
      ]),
      ...named('Removed from the list; the droplet no longer exists:', missing.map(labelOf)),
      ...named('Removed from the list only; it keeps running:', removed.map(labelOf)),
      ...(removed.some(isCloudServer)
        ? ['A droplet costs money until it is destroyed at DigitalOcean.']
        : []),
      ...named(
        'Dismissed; no resources remain:',
        dismissed.map(({ request }) => request.label),
      ),
      ...(destroyed.length + missing.length + removed.length > 0
        ? ['Entries, certificates and passwords kept on this machine are deleted.']
        : []),
      ...(destroyed.some(({ server }) => server.domain !== undefined)
        ? ['DNS records of their domains are kept.']
        : []),
      ...savedLines(plan),
    ],
    yes: verb,
    danger: true,
    typed: number,
    effect: `${verb.toLowerCase()} all of them`,
    advance: {
      value: number,
      refusal: `Not confirmed: nothing was changed. The number of entries is ${number}.`,
    },
  };
}

function labelOf({ label }: ServerEntry): string {
  return label;
}

/** A sentence, and the names that it is about below it. */
function named(sentence: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [sentence, `  ${names.join(', ')}`];
}

function sizeOf({ destroyed, missing, removed, unlisted, dismissed }: EndPlan): number {
  return [destroyed, missing, removed, unlisted, dismissed].reduce(
    (sum, { length }) => sum + length,
    0,
  );
}

function savedUsd({ destroyed, unlisted }: EndPlan): number {
  return [...destroyed, ...unlisted].reduce(
    (sum, { droplet }) => sum + (droplet.priceMonthlyUsd ?? 0),
    0,
  );
}

function savedLines(plan: EndPlan): readonly string[] {
  const usd = savedUsd(plan);
  return usd === 0 ? [] : [`${monthly(usd)} stops.`];
}

export function manyText(plan: EndPlan): string {
  const usd = savedUsd(plan);
  return `Done: ${count(sizeOf(plan), 'entry', 'entries')}.${usd === 0 ? '' : ` ${monthly(usd)} stops.`}`;
}

/** Text for leaving while they are ended. */
export function manyInterruptedText(): Hint {
  return [
    'Some of them may be destroyed already; the others are still in the list.',
    { command: 'servers', lead: 'check' },
  ];
}
