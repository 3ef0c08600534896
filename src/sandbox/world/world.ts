import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/time.js';
import { ESTABLISHED, planLife, type SandboxDelays, type Timeline } from '../delays.js';
import { Machine } from '../droplet/machine.js';
import { type DropletFault, DropletFaults } from '../faults/droplet-faults.js';
import { ACCOUNTS, IMAGES, type RegionBody, REGIONS, type SizeBody, SIZES } from '../fixtures.js';
import type { RoundTrips } from '../network/round-trips.js';
import { PublicAuthority } from '../pki/public-authority.js';
import { SANDBOX_TOKENS, type SandboxToken } from '../tokens.js';
import { addressesIn } from './domain.js';
import { Names } from './names.js';
import { Releases } from './releases.js';
import { type Action, type ActionType, Droplet, emptyTeam, type Team } from './team.js';

export interface WorldOptions {
  readonly clock: Clock;
  readonly delays: SandboxDelays;
  readonly roundTrips: RoundTrips;
  readonly restartSshDuringInstall: boolean;
}

export interface DropletSpecification {
  readonly name: string;
  readonly region: RegionBody;
  readonly size: SizeBody;
  readonly tags: readonly string[];
  readonly userData: string;
  /** authorized_keys lines. */
  readonly authorizedKeys: readonly string[];
  readonly ipv6: boolean;
  /** Was there before: no delays, no faults. */
  readonly established?: boolean;
}

/** First ids of each kind; they look like DigitalOcean's and cannot be mixed up. */
const FIRST_DROPLET_ID = 606_395_500;
const FIRST_ACTION_ID = 2_874_634_000;
const FIRST_KEY_ID = 512_100;
const FIRST_RECORD_ID = 28_448_429;
/** Droplets of the team that has reached its limit. */
const FULL_TEAM_DROPLETS = ['web-1', 'web-2', 'db-1'];

/** Everything that exists in the sandbox, in memory. */
export class World {
  /** Tells this world from any other. */
  readonly id = randomUUID();
  readonly options: WorldOptions;
  readonly names = new Names();
  readonly releases = new Releases();
  readonly publicAuthority: PublicAuthority;
  private readonly teams = new Map<string, Team>();
  private readonly machines = new Map<string, Machine>();
  private readonly addresses = new Addresses();
  private plannedFaults: { readonly fault: DropletFault; left: number }[] = [];
  private nextDropletId = FIRST_DROPLET_ID;
  private nextActionId = FIRST_ACTION_ID;
  private nextKeyId = FIRST_KEY_ID;
  private nextRecordId = FIRST_RECORD_ID;

  constructor(options: WorldOptions) {
    this.options = options;
    this.publicAuthority = new PublicAuthority(() => options.clock.now());
    this.names.addSource((name) =>
      addressesIn(
        this.allTeams.flatMap(({ domains }) => [...domains.values()]),
        name,
      ),
    );
    const full = this.teamOf(SANDBOX_TOKENS.limitReached);
    for (const name of FULL_TEAM_DROPLETS) this.addUnlisted(full, name, 'fra1', []);
  }

  get now(): number {
    return this.options.clock.monotonic();
  }

  get allTeams(): readonly Team[] {
    return [...this.teams.values()];
  }

  teamOf({ team: name, account }: SandboxToken): Team {
    const team = this.teams.get(name) ?? emptyTeam(name, ACCOUNTS[account]);
    this.teams.set(name, team);
    return team;
  }

  findMachine(address: string): Machine | undefined {
    return this.machines.get(address);
  }

  findDroplet(id: number): Droplet | undefined {
    const teams = this.allTeams.map((team) => team.droplets.get(id));
    return teams.find((droplet) => droplet !== undefined);
  }

  takeKeyId(): number {
    return this.nextKeyId++;
  }

  takeRecordId(): number {
    return this.nextRecordId++;
  }

  /** The next `droplets` created have this fault. */
  planFault(fault: DropletFault, droplets: number): void {
    this.plannedFaults.push({ fault, left: droplets });
  }

  clearPlannedFaults(): void {
    this.plannedFaults = [];
  }

  /** Undefined when there is no address left. */
  createDroplet(team: Team, specification: DropletSpecification): Droplet | undefined {
    const { options } = this;
    this.forgetGone();
    const faults = new DropletFaults(specification.established ? [] : this.takeFaults());
    // CONTRACT.md: user data that is not ASCII is accepted, and the droplet then never exists.
    // eslint-disable-next-line no-control-regex
    const placed = /^[\x00-\x7f]*$/.test(specification.userData);
    const timeline = specification.established
      ? ESTABLISHED
      : planLife(this.now, options.delays, faults, placed);
    const machine = this.createMachine(specification, timeline, faults);
    if (machine === undefined) return undefined;
    const droplet = new Droplet({
      id: this.nextDropletId++,
      name: specification.name,
      region: specification.region,
      size: specification.size,
      image: IMAGES[0]!,
      tags: specification.tags,
      ipv6: specification.ipv6,
      timeline,
      machine,
      privateAddress: `10.114.0.${machine.address.split('.')[3] ?? ''}`,
      createdAt: options.clock.now(),
    });
    this.addAction(droplet, 'create', Math.max(timeline.activeAt, this.now), timeline.lostAt);
    team.droplets.set(droplet.id, droplet);
    for (const tag of specification.tags) team.tags.add(tag);
    return droplet;
  }

  /** A droplet that was there before. */
  addUnlisted(team: Team, name: string, regionSlug: string, tags: readonly string[]): Droplet {
    const region = REGIONS.find(({ slug }) => slug === regionSlug) ?? REGIONS[0]!;
    const droplet = this.createDroplet(team, {
      name,
      region,
      size: SIZES[0]!,
      tags,
      userData: '',
      authorizedKeys: [],
      ipv6: false,
      established: true,
    });
    if (droplet === undefined) throw new RangeError('The sandbox has no address left.');
    return droplet;
  }

  addAction(
    droplet: Droplet,
    type: ActionType,
    completesAt = this.now,
    failsAt = Infinity,
  ): Action {
    const action = { id: this.nextActionId++, type, startedAt: this.now, completesAt, failsAt };
    droplet.actions.push(action);
    return action;
  }

  close(): void {
    for (const machine of this.machines.values()) machine.destroy();
  }

  private createMachine(
    specification: DropletSpecification,
    timeline: Timeline,
    faults: DropletFaults,
  ): Machine | undefined {
    const { clock, delays, roundTrips, restartSshDuringInstall } = this.options;
    const isInUse = (address: string): boolean => this.machines.get(address)?.isGone === false;
    const address = this.addresses.take(isInUse);
    if (address === undefined) return undefined;
    const machine = new Machine({
      address,
      hostname: specification.name,
      userData: specification.userData,
      authorizedKeys: specification.authorizedKeys,
      timeline,
      faults,
      delays,
      clock,
      roundTripMs: () => roundTrips.sample(specification.region.slug),
      restartSshDuringInstall,
      world: this,
    });
    this.machines.set(address, machine);
    return machine;
  }

  /** Keeps a long-lived sandbox small. */
  private forgetGone(): void {
    for (const { droplets } of this.allTeams) {
      for (const droplet of droplets.values()) {
        if (droplet.exists(this.now)) continue;
        droplet.machine.destroy();
        droplets.delete(droplet.id);
      }
    }
  }

  private takeFaults(): DropletFault[] {
    const due = this.plannedFaults.filter((planned) => planned.left > 0);
    for (const planned of due) planned.left--;
    return due.map(({ fault }) => fault);
  }
}

/** First and last host number that droplets get in 203.0.113.0/24 (RFC 5737: for documentation only). */
const FIRST_HOST = 10;
const LAST_HOST = 254;

/** Hands out public addresses, each as late as possible for a second time. */
class Addresses {
  private next = FIRST_HOST;

  /** Undefined when all are in use. */
  take(isInUse: (address: string) => boolean): string | undefined {
    for (let tries = FIRST_HOST; tries <= LAST_HOST; tries++) {
      const address = `203.0.113.${this.next}`;
      this.next = this.next === LAST_HOST ? FIRST_HOST : this.next + 1;
      if (!isInUse(address)) return address;
    }
    return undefined;
  }
}
