import { messageOf, PortlamaError } from '../core/errors.js';
import { MANAGED_TAG } from '../core/product.js';
import type { DigitalOceanApi, Droplet } from '../services/digitalocean/api.js';
import {
  findUnlistedDroplet,
  type UnlistedDroplet,
} from '../services/provisioning/droplets/unlisted.js';
import { dropletIdOf, type ServerEntry } from '../services/registry/registry.js';
import { type EndPlan, manyInterruptedText, manyQuestion, manyText } from '../words/many.js';
import {
  destroyAgreed,
  dropletElsewhere,
  existsAfterAll,
  requireDropletId,
} from './destroy-server.js';
import { destroyAgreedDroplet, sayNeverThere } from './destroy-unlisted-droplet.js';
import { type DropletHome, openAccounts, openDroplet, openServer } from './open-accounts.js';
import { AccountsReader } from './compare-accounts.js';
import { dismissOperation, requireOperation } from './operations.js';
import { dropServer, pickServer, requireStillListed } from './servers.js';
import { hasRecords } from '../services/dns/server-records.js';
import { recordsKeptText } from '../words/dns.js';
import { NO_RECORDS } from './remove-records.js';
import type { KeyWork } from './work.js';

/** Entries of the list that one agreement ends: servers by label or id, the others by id. */
export interface Marked {
  readonly servers: readonly string[];
  readonly droplets: readonly number[];
  readonly operations: readonly string[];
}

/** Droplets that are deleted at a time: DigitalOcean limits requests a minute. */
const AT_A_TIME = 4;

/** Destroys these servers after one question. Refuses all of them where one has no droplet to destroy. */
export async function destroyServers(
  wanted: readonly string[],
  work: KeyWork,
): Promise<readonly ServerEntry[]> {
  const servers = await pickServers(wanted, work);
  servers.forEach(requireDropletId);
  await endMarked({ servers: wanted, droplets: [], operations: [] }, work);
  return servers;
}

/** Removes these servers from the list after one question; they keep running. */
export async function removeServers(
  wanted: readonly string[],
  work: KeyWork,
): Promise<readonly ServerEntry[]> {
  const removed = await pickServers(wanted, work);
  await end({ ...NOTHING, removed }, work);
  return removed;
}

/**
 * Destroys, removes or dismisses each of these after one question, for which their number is typed. Looks at all of
 * them first and refuses all where one cannot be ended; a failure later stops none of the others.
 */
export async function endMarked(marked: Marked, work: KeyWork): Promise<void> {
  const servers = await pickServers(marked.servers, work);
  const dismissed = await Promise.all(marked.operations.map((id) => requireOperation(id, work)));
  const plan = {
    ...NOTHING,
    ...(await planServers(servers, work)),
    unlisted: await planDroplets(marked.droplets, work),
    dismissed,
  };
  await end(plan, work);
}

/** Droplets to end, each droplet with the client of its own account. */
interface OwnPlan extends EndPlan {
  readonly destroyed: readonly (EndPlan['destroyed'][number] & Own)[];
  readonly unlisted: readonly (UnlistedDroplet & Own)[];
}

type Own = Pick<DropletHome, 'api'>;

const NOTHING: OwnPlan = { destroyed: [], missing: [], removed: [], unlisted: [], dismissed: [] };

async function pickServers(
  wanted: readonly string[],
  { registry }: KeyWork,
): Promise<readonly ServerEntry[]> {
  const all = await registry.list();
  return [...new Set(wanted.map((each) => pickServer(all, each)))];
}

async function planServers(
  servers: readonly ServerEntry[],
  work: KeyWork,
): Promise<Pick<OwnPlan, 'destroyed' | 'missing' | 'removed'>> {
  const homes = await listHomes(servers, work);
  const plan = {
    destroyed: [] as { server: ServerEntry; droplet: Droplet; api: DigitalOceanApi }[],
    missing: [] as ServerEntry[],
    removed: [] as ServerEntry[],
  };
  for (const server of servers) {
    const id = dropletIdOf(server);
    if (id === undefined) {
      plan.removed.push(server);
      continue;
    }
    const { droplet, api } = homes.get(id) ?? (await openServer(server, work));
    if (droplet !== undefined) plan.destroyed.push({ server, droplet, api });
    else if ((await work.checkHealth(server, work.signal)).state === 'online')
      throw dropletElsewhere(server);
    else plan.missing.push(server);
  }
  return plan;
}

/** Droplets with the managed tag and their accounts, in one call an account; without those of one that cannot be asked. */
async function listHomes(
  servers: readonly ServerEntry[],
  work: KeyWork,
): Promise<ReadonlyMap<number, DropletHome>> {
  if (servers.every((server) => dropletIdOf(server) === undefined)) return new Map();
  const accounts = await openAccounts(work);
  const reader = new AccountsReader(accounts);
  const listed = await reader.listDroplets({ tag: MANAGED_TAG }, work.signal);
  return new Map(
    listed.map((droplet) => [droplet.id, { ...reader.homeOf(droplet), droplet }] as const),
  );
}

async function planDroplets(ids: readonly number[], work: KeyWork): Promise<OwnPlan['unlisted']> {
  const { registry, operations, signal } = work;
  const found: (UnlistedDroplet & Own)[] = [];
  for (const id of ids) {
    const { api } = await openDroplet(id, work);
    const unlisted = await findUnlistedDroplet(id, api, registry, operations, signal);
    if (unlisted === undefined) sayNeverThere(id, work);
    else found.push({ ...unlisted, api });
  }
  return found;
}

/** One entry of the plan: its name, and what ends it. */
interface Ending {
  readonly name: string;
  readonly run: (work: KeyWork) => Promise<unknown>;
}

async function end(plan: OwnPlan, work: KeyWork): Promise<void> {
  const endings = endingsOf(plan);
  if (endings.length === 0) return;
  await work.face.confirm(manyQuestion(plan));
  const held = work.face.hold(manyInterruptedText());
  try {
    const failures = await endAll(endings, work);
    if (failures.length > 0) throw someFailed(failures, endings.length);
    work.face.say(manyText(plan), 'ok');
  } finally {
    held.dispose();
  }
}

function endingsOf(plan: OwnPlan): readonly Ending[] {
  const ofEntry =
    (server: ServerEntry, then: (work: KeyWork) => Promise<unknown>) => async (work: KeyWork) => {
      await requireStillListed(server, work);
      await then(work);
    };
  /** Names the DNS records that stay, even if something else is left: nothing here knows of them afterwards. */
  const ofDroplet = (server: ServerEntry, then: (work: KeyWork) => Promise<unknown>) =>
    ofEntry(server, async (work) => {
      const dns = ((await work.readServerMeta(server.id)).dns ?? []).filter(hasRecords);
      try {
        await then(work);
      } finally {
        const listed = await work.registry.list().catch(() => []);
        if (dns.length > 0 && !listed.some(({ id }) => id === server.id))
          work.face.say(recordsKeptText(dns), 'warn');
      }
    });
  return [
    ...plan.destroyed.map(({ server, droplet, api }) => ({
      name: server.label,
      run: ofDroplet(server, (work) => destroyAgreed(server, droplet, NO_RECORDS, api, work)),
    })),
    ...plan.missing.map((server) => ({
      name: server.label,
      run: ofDroplet(server, async (work) => {
        if ((await openServer(server, work)).droplet !== undefined) throw existsAfterAll(server);
        await dropServer(server, work);
      }),
    })),
    ...plan.removed.map((server) => ({
      name: server.label,
      run: ofEntry(server, (work) => dropServer(server, work)),
    })),
    ...plan.unlisted.map(({ droplet, api }) => ({
      name: droplet.name,
      run: (work: KeyWork) => destroyAgreedDroplet(droplet, api, work),
    })),
    ...plan.dismissed.map(({ id, request }) => ({
      name: request.label,
      run: (work: KeyWork) => dismissOperation(id, work),
    })),
  ];
}

interface EndFailure {
  readonly name: string;
  readonly error: unknown;
}

async function endAll(endings: readonly Ending[], work: KeyWork): Promise<readonly EndFailure[]> {
  const { face } = work;
  const failures: EndFailure[] = [];
  let done = 0;
  const counted: KeyWork = {
    ...work,
    face: {
      confirm: (question) => face.confirm(question),
      hold: (onLeaving) => face.hold(onLeaving),
      follow: (onLeaving, cancel) => face.follow(onLeaving, cancel),
      instruct: (instruction) => face.instruct(instruction),
      say: (line, tone) => face.say(line, tone),
      progress: (text) =>
        face.progress(`${done} of ${endings.length} done${text === undefined ? '' : `; ${text}`}`),
    },
  };
  const waiting = [...endings];
  const endNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      work.signal.throwIfAborted();
      const { name, run } = next;
      await run(counted).catch((error: unknown) => void failures.push({ name, error }));
      done += 1;
      counted.face.progress(undefined);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, endNext));
  face.progress(undefined);
  return failures;
}

function someFailed(failures: readonly EndFailure[], total: number): PortlamaError {
  const lines = failures.map(({ name, error }) => `${name}: ${messageOf(error)}`);
  return new PortlamaError({
    code: 'some-failed',
    message: `${failures.length} of ${total} failed; the others are done.`,
    hint: [...lines, 'Try those again.'].join('\n'),
    cause: failures[0]?.error,
  });
}
