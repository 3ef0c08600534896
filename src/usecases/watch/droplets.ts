import type { DropletEvent } from '../../core/watch-event.js';
import type { Droplet } from '../../services/digitalocean/api.js';
import { standsFor, type UnaskedAccount } from '../../services/provisioning/droplets/unlisted.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import type { SeenDroplet } from '../../services/watching/watch-memory.js';
import { dropletSentence } from '../../words/watch.js';

/** The droplets with the managed tag, of the accounts that could be asked. */
export interface DropletLook {
  readonly droplets: readonly Droplet[];
  /** Names of the accounts that they are of. */
  readonly asked: readonly string[];
  readonly unasked: readonly UnaskedAccount[];
}

/** Looks in a row that do not list a droplet before it counts as gone: DigitalOcean's reads lag. */
const LOOKS_TO_BE_GONE = 2;

/** Tells what changed of the managed droplets from one look to the next. */
export class DropletChanges {
  private readonly missed = new Map<string, number>();

  constructor(private known: Readonly<Record<string, SeenDroplet>> | undefined) {}

  /** Last state told of each; undefined before the first look. */
  get seen(): Readonly<Record<string, SeenDroplet>> | undefined {
    return this.known;
  }

  /** The events of a look, which found these. */
  look(look: DropletLook, servers: readonly ServerEntry[], now: number): DropletEvent[] {
    const { known } = this;
    const next: Record<string, SeenDroplet> = {};
    const events: DropletEvent[] = [];
    for (const droplet of look.droplets) {
      const id = String(droplet.id);
      const seen: SeenDroplet = {
        name: droplet.name,
        region: droplet.regionSlug,
        address: droplet.publicIpv4 ?? null,
        state: droplet.status,
        account: droplet.account,
      };
      next[id] = seen;
      this.missed.delete(id);
      const before = known === undefined ? null : (known[id]?.state ?? 'absent');
      if (before !== droplet.status)
        events.push(eventOf(droplet.id, seen, before, serverOf(droplet, servers), now));
    }
    for (const [id, seen] of Object.entries(known ?? {})) {
      if (next[id] !== undefined) continue;
      if (!wasAsked(seen, look)) {
        next[id] = seen;
        continue;
      }
      const looks = (this.missed.get(id) ?? 0) + 1;
      this.missed.set(id, looks);
      if (looks < LOOKS_TO_BE_GONE) {
        next[id] = seen;
        continue;
      }
      this.missed.delete(id);
      const server = serverOf({ id: Number(id), publicIpv4: undefined }, servers);
      events.push(eventOf(Number(id), { ...seen, state: 'absent' }, seen.state, server, now));
    }
    this.known = next;
    return events;
  }
}

/** False for a droplet that may still be there: its account could not be asked, or has no token here any more. */
function wasAsked({ account }: SeenDroplet, { asked, unasked }: DropletLook): boolean {
  return account === undefined ? unasked.length === 0 : asked.includes(account);
}

function serverOf(
  droplet: Pick<Droplet, 'id' | 'publicIpv4'>,
  servers: readonly ServerEntry[],
): ServerEntry | undefined {
  return servers.find((server) => standsFor(server, droplet));
}

function eventOf(
  id: number,
  { name, region, address, state, account }: SeenDroplet,
  before: DropletEvent['before'],
  server: ServerEntry | undefined,
  now: number,
): DropletEvent {
  return {
    event: 'droplet',
    id: `droplet-${id}-${state}-${now}`,
    at: new Date(now).toISOString(),
    droplet: { id, name, region, address, account: account ?? null },
    server: server === undefined ? null : { id: server.id, label: server.label },
    state,
    before,
    text: dropletSentence({ name, id }, server?.label, state),
  };
}
