import { createHash } from 'node:crypto';
import type { Machine } from '../droplet/machine.js';
import type { Timeline } from '../delays.js';
import type { AccountBody, ImageBody, RegionBody, SizeBody } from '../fixtures.js';
import type { Domain } from './domain.js';

export type ActionType =
  'create' | 'power_on' | 'power_off' | 'shutdown' | 'reboot' | 'power_cycle' | 'resize' | 'rename';

/** Something that was done to a droplet. Times are monotonic milliseconds. */
export interface Action {
  readonly id: number;
  readonly type: ActionType;
  readonly startedAt: number;
  /** Infinity while nothing will complete it. */
  readonly completesAt: number;
  /** From then on it is `errored`. */
  readonly failsAt: number;
}

export interface DropletOptions {
  readonly id: number;
  readonly name: string;
  readonly region: RegionBody;
  readonly size: SizeBody;
  readonly image: ImageBody;
  readonly tags: Iterable<string>;
  readonly ipv6: boolean;
  readonly timeline: Timeline;
  readonly machine: Machine;
  readonly privateAddress: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** A droplet as the account has it. `now` is the monotonic clock throughout. */
export class Droplet {
  readonly options: DropletOptions;
  readonly tags: Set<string>;
  readonly actions: Action[] = [];
  name: string;
  size: SizeBody;
  /** Grows with a permanent resize only. */
  diskGb: number;
  /** By DigitalOcean's administrators. */
  isLocked = false;
  private goneAt = Infinity;

  constructor(options: DropletOptions) {
    this.options = options;
    this.tags = new Set(options.tags);
    this.name = options.name;
    this.size = options.size;
    this.diskGb = options.size.disk;
  }

  get id(): number {
    return this.options.id;
  }

  get machine(): Machine {
    return this.options.machine;
  }

  /** Deleted, though it may still be read for a while. */
  get isDeleted(): boolean {
    return this.goneAt !== Infinity;
  }

  exists(now: number): boolean {
    return now < this.goneAt && now < this.options.timeline.lostAt;
  }

  isReadable(now: number): boolean {
    return this.exists(now) && now >= this.options.timeline.readableAt;
  }

  isListed(now: number): boolean {
    return this.exists(now) && now >= this.options.timeline.listedAt;
  }

  status(now: number): 'new' | 'active' | 'off' {
    if (now < this.options.timeline.activeAt) return 'new';
    return this.machine.isOn || this.isDeleted ? 'active' : 'off';
  }

  /** An action is under way. */
  isBusy(now: number): boolean {
    return this.actions.some((action) => now < Math.min(action.completesAt, action.failsAt));
  }

  /** Tags come onto a new droplet a moment after it was created. */
  visibleTags(now: number): string[] {
    return now >= this.options.timeline.taggedAt ? [...this.tags] : [];
  }

  /** The machine stops at once; the droplet can be read until then. */
  delete(goneAt: number): void {
    if (this.isDeleted) return;
    this.goneAt = goneAt;
    this.machine.destroy();
  }
}

export interface Key {
  readonly id: number;
  name: string;
  readonly publicKey: string;
  /** MD5, colon-separated. */
  readonly fingerprint: string;
  /** Monotonic: droplets can be created with it from then on. */
  readonly usableAt: number;
}

/** A kept image of a droplet, which outlives it. */
export interface Snapshot {
  readonly id: number;
  readonly name: string;
  readonly dropletId: number;
  readonly regionSlug: string;
  readonly sizeGb: number;
  readonly minDiskGb: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export interface ReservedAddress {
  readonly ip: string;
  readonly region: RegionBody;
  readonly dropletId: number | undefined;
}

/** Resources visible to the tokens of one team. */
export interface Team {
  readonly name: string;
  readonly account: AccountBody;
  readonly droplets: Map<number, Droplet>;
  readonly keys: Map<number, Key>;
  readonly tags: Set<string>;
  /** By name. */
  readonly domains: Map<string, Domain>;
  readonly snapshots: Snapshot[];
  readonly reservedAddresses: ReservedAddress[];
}

/** The account with an id of this team, which nothing else tells apart where teams have the same owner. */
export function emptyTeam(name: string, account: AccountBody): Team {
  const uuid = createHash('sha1').update(name).digest('hex');
  const own = { ...account, team: { ...account.team, uuid } };
  const empty = {
    droplets: new Map(),
    keys: new Map(),
    tags: new Set<string>(),
    domains: new Map(),
    snapshots: [],
    reservedAddresses: [],
  };
  return { name, account: own, ...empty };
}

/** Droplets that still exist, oldest first. */
export function existingDroplets(team: Team, now: number): Droplet[] {
  return [...team.droplets.values()].filter((droplet) => droplet.exists(now));
}
