import { z } from 'zod';
import type { PanelState } from '../panel/panel.js';
import { API_FAULT, type ApiFaultInput, type ApiFaults } from '../faults/api-faults.js';
import { DROPLET_FAULT, type DropletFaultInput } from '../faults/droplet-faults.js';
import { REGIONS } from '../fixtures.js';
import { SANDBOX_TOKENS } from '../tokens.js';
import { type Droplet, existingDroplets, type Team } from '../world/team.js';
import type { NameAnswer } from '../world/names.js';
import type { World } from '../world/world.js';
import type { CallRecord, SandboxState } from './state.js';

const FIRST_SNAPSHOT_ID = 6_372_321;

/** Whom a droplet fault hits: one that exists, or the next ones created. */
export type DropletFaultTarget = { readonly dropletId: number } | { readonly droplets: number };

export interface UnlistedOptions {
  readonly name: string;
  readonly region?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** Changes the sandbox's world from outside: what other people, accidents and networks do. */
export class Controls {
  private readonly world: World;
  private readonly faults: ApiFaults;
  private readonly calls: CallRecord;

  constructor(world: World, faults: ApiFaults, calls: CallRecord) {
    this.world = world;
    this.faults = faults;
    this.calls = calls;
  }

  addFault(fault: ApiFaultInput): void {
    this.faults.add(fault);
  }

  /** Adds a fault. On an existing droplet it affects only events still to come. */
  addDropletFault(fault: DropletFaultInput, target: DropletFaultTarget = { droplets: 1 }): void {
    const parsed = DROPLET_FAULT.parse(fault);
    if ('droplets' in target) this.world.planFault(parsed, target.droplets);
    else this.require(target.dropletId).machine.faults.add(parsed);
  }

  /** No faults any more, of the API, of droplets to come and of those that exist. */
  clearFaults(): void {
    this.faults.clear();
    this.world.clearPlannedFaults();
    for (const team of this.world.allTeams) {
      for (const droplet of team.droplets.values()) droplet.machine.faults.clear();
    }
  }

  /** A droplet that this program did not make, in the team of SANDBOX_TOKEN. Its id. */
  addUnlisted({ name, region = 'fra1', tags = [] }: UnlistedOptions): number {
    const team = this.world.teamOf(SANDBOX_TOKENS.good);
    return this.world.addUnlisted(team, name, region, tags).id;
  }

  /** Removes the droplet at once, like a deletion in DigitalOcean's console. */
  vanish(dropletId: number): void {
    this.require(dropletId).delete(this.world.now);
  }

  removeTag(dropletId: number, tag: string): void {
    this.require(dropletId).tags.delete(tag);
  }

  setPanel(dropletId: number, state: PanelState): void {
    this.require(dropletId).machine.panel.state = state;
  }

  /** Replaces the panel's certificate, so that pinned ones no longer match. */
  renewPanelCertificate(dropletId: number): void {
    this.require(dropletId).machine.renewPanelCertificate();
  }

  setPower(dropletId: number, on: boolean): void {
    const { machine } = this.require(dropletId);
    if (on) machine.turnOn();
    else machine.turnOff();
  }

  /** Locks the droplet as DigitalOcean's administrators do. */
  setLocked(dropletId: number, locked: boolean): void {
    this.require(dropletId).isLocked = locked;
  }

  /** Keeps an image of the droplet, as its page at DigitalOcean does. */
  addSnapshot(dropletId: number, name: string, sizeGb: number): void {
    const { options, diskGb } = this.require(dropletId);
    const team = this.world.allTeams.find(({ droplets }) => droplets.has(dropletId))!;
    team.snapshots.push({
      id: FIRST_SNAPSHOT_ID + team.snapshots.length,
      name,
      dropletId,
      regionSlug: options.region.slug,
      sizeGb,
      minDiskGb: diskGb,
      createdAt: this.world.options.clock.now(),
    });
  }

  /** Reserves an address for the team of SANDBOX_TOKEN; without a droplet nothing has it. */
  addReservedAddress(ip: string, dropletId?: number): void {
    const { reservedAddresses } = this.world.teamOf(SANDBOX_TOKENS.good);
    reservedAddresses.push({ ip, region: REGIONS[0]!, dropletId });
  }

  /** Acts like a firewall: port 22 refuses connections for `forMs`, and open ones end. */
  refuseSsh(dropletId: number, forMs: number): void {
    this.require(dropletId).machine.refuseSsh(forMs);
  }

  /** Sets the addresses of a name, or how its resolver fails; `*.example.com` is a wildcard. */
  setName(name: string, answer: NameAnswer): void {
    this.world.names.set(name, answer);
  }

  /** Newest version of an npm package; undefined for one that is not published. */
  newestVersion(name: string): string | undefined {
    return this.world.releases.newest(name);
  }

  findName(name: string): NameAnswer {
    return this.world.names.find(name);
  }

  /** Certificate of the authority that stands for Let's Encrypt, PEM. */
  get publicAuthorityPem(): string {
    return this.world.publicAuthority.pem;
  }

  /** Publishes a version of the panel server, and of the installer if given. */
  publish(panelServer: string, installer?: string): void {
    const { releases } = this.world;
    releases.panelServer = panelServer;
    if (installer !== undefined) releases.installers.add(installer);
  }

  /** Shortens the time after which nginx cuts a silent stream. */
  setIdleCut(dropletId: number, ms: number): void {
    this.require(dropletId).machine.panel.idleStreamMs = ms;
  }

  /** Records of a domain of an account but for its own: `A lab 198.51.100.7`. */
  records(zone: string): readonly string[] {
    const domains = this.world.allTeams.flatMap((team) => team.domains.get(zone) ?? []);
    return domains
      .flatMap(({ records }) => [...records.values()])
      .filter(({ type }) => type !== 'NS' && type !== 'SOA')
      .map(({ type, name, data }) => `${type} ${name} ${data}`)
      .sort();
  }

  /** The last calls that reached the panel server: `POST /api/tunnels`. */
  panelCalls(dropletId: number): readonly string[] {
    return this.require(dropletId).machine.panel.calls;
  }

  /** Tests a login at Authelia. */
  tryLogin(dropletId: number, username: string, password: string): boolean {
    return this.require(dropletId).machine.panel.server.authelia.accepts(username, password);
  }

  /** Resets every open connection to the droplet. */
  dropConnections(dropletId: number): void {
    const { machine } = this.require(dropletId);
    machine.ssh.dropConnections();
    machine.panel.dropConnections();
  }

  /** Runs a command as root on the droplet's console; resolves to what it prints. */
  runOnConsole(dropletId: number, command: string): Promise<string> {
    return this.require(dropletId).machine.runOnConsole(command);
  }

  /** The text of a file on the droplet, for tests. */
  readFile(dropletId: number, path: string): string | undefined {
    return this.require(dropletId).machine.files.readText(path);
  }

  state(): Omit<SandboxState, 'attached' | 'secrets'> {
    const { world } = this;
    const each = <T>(describe: (team: Team) => readonly T[]): T[] =>
      world.allTeams.flatMap((team) => describe(team));
    return {
      world: world.id,
      droplets: each((team) =>
        existingDroplets(team, world.now).map((droplet) => this.describe(team, droplet)),
      ),
      keys: each((team) =>
        [...team.keys.values()].map(({ id, name, fingerprint }) => ({
          id,
          name,
          fingerprint,
          team: team.name,
        })),
      ),
      tags: each((team) => [...team.tags].map((name) => ({ name, team: team.name }))),
      calls: this.calls.counts(),
    };
  }

  private describe(team: Team, droplet: Droplet): SandboxState['droplets'][number] {
    const { machine } = droplet;
    return {
      id: droplet.id,
      name: droplet.name,
      team: team.name,
      region: droplet.options.region.slug,
      status: droplet.status(this.world.now),
      deleted: droplet.isDeleted,
      tags: [...droplet.tags],
      address: machine.address,
      panel: machine.panel.state,
      sshConnections: machine.ssh.connectionCount,
    };
  }

  private require(dropletId: number): Droplet {
    const droplet = this.world.findDroplet(dropletId);
    if (droplet === undefined) throw new RangeError(`The sandbox has no droplet ${dropletId}.`);
    return droplet;
  }
}

const DROPLET = { dropletId: z.int() };

/** Commands of a running sandbox over HTTP, named like the methods of `Controls`. */
export const CONTROL_COMMAND = z.discriminatedUnion('action', [
  z.object({ action: z.literal('addFault'), fault: API_FAULT }),
  z.object({
    action: z.literal('addDropletFault'),
    fault: DROPLET_FAULT,
    target: z
      .union([z.object(DROPLET), z.object({ droplets: z.int().positive() })])
      .default({ droplets: 1 }),
  }),
  z.object({ action: z.literal('clearFaults') }),
  z.object({
    action: z.literal('addUnlisted'),
    name: z.string(),
    region: z.string().optional(),
    tags: z.array(z.string()).optional(),
  }),
  z.object({ action: z.literal('vanish'), ...DROPLET }),
  z.object({ action: z.literal('removeTag'), ...DROPLET, tag: z.string() }),
  z.object({
    action: z.literal('setPanel'),
    ...DROPLET,
    state: z.enum(['absent', 'server-down', 'up']),
  }),
  z.object({ action: z.literal('renewPanelCertificate'), ...DROPLET }),
  z.object({ action: z.literal('setPower'), ...DROPLET, on: z.boolean() }),
  z.object({ action: z.literal('refuseSsh'), ...DROPLET, forMs: z.number().nonnegative() }),
  z.object({ action: z.literal('dropConnections'), ...DROPLET }),
  z.object({ action: z.literal('readFile'), ...DROPLET, path: z.string() }),
  z.object({ action: z.literal('runOnConsole'), ...DROPLET, command: z.string() }),
  z.object({
    action: z.literal('setName'),
    name: z.string(),
    answer: z.union([z.array(z.string()), z.enum(['servfail', 'refused', 'silent'])]),
  }),
  z.object({
    action: z.literal('publish'),
    panelServer: z.string(),
    installer: z.string().optional(),
  }),
  z.object({ action: z.literal('setIdleCut'), ...DROPLET, ms: z.number().positive() }),
  z.object({
    action: z.literal('tryLogin'),
    ...DROPLET,
    username: z.string(),
    password: z.string(),
  }),
]);

export type ControlCommand = z.input<typeof CONTROL_COMMAND>;

/** Executes a command; gives its result, undefined for none. */
export function perform(controls: Controls, input: unknown): unknown {
  const command = CONTROL_COMMAND.parse(input);
  switch (command.action) {
    case 'addFault':
      return controls.addFault(command.fault);
    case 'addDropletFault':
      return controls.addDropletFault(command.fault, command.target);
    case 'clearFaults':
      return controls.clearFaults();
    case 'addUnlisted':
      return controls.addUnlisted(command);
    case 'vanish':
      return controls.vanish(command.dropletId);
    case 'removeTag':
      return controls.removeTag(command.dropletId, command.tag);
    case 'setPanel':
      return controls.setPanel(command.dropletId, command.state);
    case 'renewPanelCertificate':
      return controls.renewPanelCertificate(command.dropletId);
    case 'setPower':
      return controls.setPower(command.dropletId, command.on);
    case 'refuseSsh':
      return controls.refuseSsh(command.dropletId, command.forMs);
    case 'dropConnections':
      return controls.dropConnections(command.dropletId);
    case 'readFile':
      return controls.readFile(command.dropletId, command.path);
    case 'runOnConsole':
      return controls.runOnConsole(command.dropletId, command.command);
    case 'setName':
      return controls.setName(command.name, command.answer);
    case 'publish':
      return controls.publish(command.panelServer, command.installer);
    case 'setIdleCut':
      return controls.setIdleCut(command.dropletId, command.ms);
    case 'tryLogin':
      return controls.tryLogin(command.dropletId, command.username, command.password);
    default:
      return command satisfies never;
  }
}
