import { type CommandHint, type HintPart, hintParts } from '../core/hint.js';
import { isUpkeep, type UpkeepRequest } from '../services/provisioning/journal/records.js';
import { monthly, totalMonthly } from '../words/formats.js';
import { upkeepDoing } from '../words/upkeep.js';
import { isSaved } from '../services/provisioning/journal/fold.js';
import type { Operation } from '../services/provisioning/operations.js';
import {
  ownerOf,
  type UnlistedDroplet,
  type UnlistedReport,
} from '../services/provisioning/droplets/unlisted.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Droplet } from '../services/digitalocean/api.js';
import { unaskedLine, unaskedTodo, unknownText } from '../words/accounts.js';
import { dropletText } from '../words/droplets.js';
import { causeHint, causeText } from '../words/offline.js';
import { hintLines } from '../words/hints.js';
import { isCloudServer, serverName } from '../words/servers.js';

/** Fact in one line, with the remedies. Holds text from outside. */
export interface Advice {
  readonly text: string;
  readonly todo: readonly HintPart[];
}

/** Fact, with its remedies below as commands, not cleaned yet. */
export function adviceLines(
  { text, todo }: Advice,
  world: { readonly sandbox: boolean },
): readonly string[] {
  return [text, ...hintLines(todo, world).map((line) => `  → ${line}`)];
}

/** Describes a provisioning that is not over, with the commands to continue; undefined for one that is. */
export function operationAdvice(operation: Operation): Advice | undefined {
  const { id, request, status, leftovers } = operation;
  const left = leftovers.map(({ kind, id: name }) => `${kind} ${name}`).join(', ');
  if (isUpkeep(request)) return upkeepAdvice(operation, request);
  const what = `${request.label} in ${request.region} (${id})`;
  const { resume, cleanUp } = waysOf(id);
  switch (status) {
    case 'running':
    case 'cleaning-up':
      return {
        text: `${what} is ${status === 'running' ? 'being created' : 'being cleaned up'}`,
        todo: [{ command: 'operations.attach', id }],
      };
    case 'interrupted':
      return isSaved(operation)
        ? { text: `${what} is online, but its clean-up was interrupted`, todo: [resume] }
        : { text: `${what} was interrupted`, todo: [resume, cleanUp] };
    case 'out-of-sight':
      return {
        text: `${what}: cannot tell from here if it still runs in another container or machine`,
        todo: [
          'Check there: it may cost money.',
          { lead: 'If that no longer exists, clean up with', command: 'operations.cleanup', id },
        ],
      };
    case 'failed-with-leftovers':
      return { text: `${what} failed and left ${left}`, todo: [cleanUp] };
    case 'succeeded':
      if (leftovers.length === 0) return undefined;
      return {
        text: `${what} is online, but its clean-up left ${left}`,
        todo: leftovers.every(({ byHand }) => byHand)
          ? [
              ...leftovers.flatMap(({ removeBy }) => hintParts(removeBy)),
              { lead: 'Then dismiss it', command: 'operations.dismiss', id },
            ]
          : [{ lead: 'Remove it', command: 'operations.cleanup', id }],
      };
    case 'failed':
      return undefined;
  }
}

function upkeepAdvice({ id, status }: Operation, request: UpkeepRequest): Advice | undefined {
  const what = `${upkeepDoing(request)} (${id})`;
  switch (status) {
    case 'running':
    case 'cleaning-up':
      return { text: `${what} is under way`, todo: [{ command: 'operations.attach', id }] };
    case 'interrupted':
      return {
        text: `${what} was interrupted`,
        todo: [
          { command: 'operations.resume', id },
          { lead: 'Or dismiss it', command: 'operations.dismiss', id },
        ],
      };
    case 'out-of-sight':
      return {
        text: `${what}: cannot tell from here if it still runs in another container or machine`,
        todo: [],
      };
    case 'failed':
    case 'failed-with-leftovers':
    case 'succeeded':
      return undefined;
  }
}

/** Unlisted droplets, entries whose droplet is gone or unknown, and accounts that were not asked, as text not cleaned yet. */
export function reportAdvice(report: UnlistedReport): readonly Advice[] {
  const { unlisted, gone, unknown = [], unasked = [] } = report;
  return [
    ...unlisted.map(unlistedAdvice),
    ...gone.map(goneAdvice),
    ...unknown.map(({ server: { label }, accounts }) => ({
      text: `${label}: its droplet is ${unknownText(accounts)}`,
      todo: [],
    })),
    ...unasked.map((account) => ({ text: unaskedLine(account), todo: unaskedTodo(account) })),
  ];
}

/** Describes a droplet in no list here, with its price and the ways out. */
function unlistedAdvice(unlisted: UnlistedDroplet): Advice {
  const { droplet } = unlisted;
  const id = String(droplet.id);
  const owner = ownerOf(unlisted);
  if (owner !== undefined) {
    const text = `${dropletText(droplet)} belongs to a provisioning that is ${owner.status.replaceAll('-', ' ')}`;
    return { text, todo: ownerTodo(owner) };
  }
  return {
    text: `${dropletText(droplet)} is an unlisted droplet`,
    todo: [
      { command: 'droplets.adopt', id },
      { lead: 'If no other computer uses it, destroy it', command: 'droplets.destroy', id },
    ],
  };
}

/** Price of all droplets together: those of the list, and the unlisted ones; none where nothing costs. */
export function costAdvice(
  servers: readonly ServerEntry[],
  { listed = new Map(), unlisted, gone }: UnlistedReport,
): readonly Advice[] {
  const absent = new Set(gone.map(({ id }) => id));
  const billed = servers.filter((server) => isCloudServer(server) && !absent.has(server.id));
  const total = totalMonthly([
    ...billed.map(({ id }) => listed.get(id)?.priceMonthlyUsd),
    ...unlisted.map(({ droplet }) => droplet.priceMonthlyUsd),
  ]);
  return total === undefined ? [] : [{ text: `All droplets cost ${total}.`, todo: [] }];
}

/** Servers of the list whose droplet is off or locked: they cost, and serve nothing. */
export function stoppedAdvice(
  servers: readonly ServerEntry[],
  listed: ReadonlyMap<string, Droplet>,
): readonly Advice[] {
  return servers.flatMap((server) => {
    const droplet = listed.get(server.id);
    const cause =
      droplet?.locked === true ? 'locked' : droplet?.status === 'off' ? 'off' : undefined;
    if (cause === undefined) return [];
    const text = `${server.label}: ${causeText(server, cause, droplet)}`;
    return [{ text, todo: hintParts(causeHint(server, cause)) }];
  });
}

/** An entry of servers.json that stands for nothing, or for something in another account. */
function goneAdvice(server: ServerEntry): Advice {
  const { label, providerId } = server;
  return {
    text: `${label}: its droplet ${providerId ?? ''} is no longer in this account`,
    todo: [
      {
        lead: 'If it was destroyed, remove it from the list',
        command: 'servers.remove',
        id: serverName(server),
      },
      'If it is in another account, use the token of that account.',
    ],
  };
}

function ownerTodo({ id, status }: Operation): readonly HintPart[] {
  const { resume, cleanUp } = waysOf(id);
  return status === 'interrupted' ? [resume, cleanUp] : [cleanUp];
}

function waysOf(id: string): { readonly resume: CommandHint; readonly cleanUp: CommandHint } {
  return {
    resume: { command: 'operations.resume', id },
    cleanUp: { command: 'operations.cleanup', id },
  };
}

/** `2 unlisted droplets cost $8/month; 1 server has no droplet`; undefined when there is neither. */
export function countText({
  unlisted,
  gone,
}: {
  readonly unlisted: readonly UnlistedDroplet[];
  /** Servers whose droplet is gone. */
  readonly gone: readonly unknown[];
}): string | undefined {
  const unowned = unlisted.filter((found) => ownerOf(found) === undefined);
  const usd = unowned.reduce((sum, { droplet }) => sum + (droplet.priceMonthlyUsd ?? 0), 0);
  const many =
    unowned.length === 1 ? '1 unlisted droplet costs' : `${unowned.length} unlisted droplets cost`;
  const without = gone.length === 1 ? '1 server has' : `${gone.length} servers have`;
  const parts = [
    ...(unowned.length === 0 ? [] : [`${many} ${usd === 0 ? 'money' : monthly(usd)}`]),
    ...(gone.length === 0 ? [] : [`${without} no droplet`]),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

/** Text for neither unlisted droplets nor missing droplets. */
export const NO_UNLISTED = 'all droplets are in the list';
