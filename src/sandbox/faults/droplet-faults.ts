import type { Socket } from 'node:net';
import { z } from 'zod';
import { INSTALL_STEPS } from '../droplet/install-lines.js';
import { reset } from '../network/connections.js';
import { wildcard } from './api-faults.js';

/** Number of connections to fail; default all. */
const CONNECTIONS = { connections: z.int().positive().optional() };

/** Faults of a droplet. */
export const DROPLET_FAULT = z.discriminatedUnion('kind', [
  /** Keeps the status `new`. */
  z.object({ kind: z.literal('boot-never-ends') }),
  /** Answers the creation with 202, then 404 permanently: the droplet could not be placed. */
  z.object({ kind: z.literal('placement-fails') }),
  /** Port 22 stays closed. */
  z.object({ kind: z.literal('sshd-never-comes') }),
  /** Its host key is not the injected one. */
  z.object({ kind: z.literal('wrong-host-key') }),
  /** No key is accepted. */
  z.object({ kind: z.literal('auth-refused') }),
  /** The connection is reset after so many bytes from the droplet. */
  z.object({ kind: z.literal('ssh-dropped'), afterBytes: z.int().nonnegative(), ...CONNECTIONS }),
  /** Something else than SSH answers. */
  z.object({ kind: z.literal('ssh-garbage'), ...CONNECTIONS }),
  /** Stays silent before the banner, or after the login (commands get no answer). */
  z.object({
    kind: z.literal('ssh-hangs'),
    when: z.enum(['before-banner', 'after-login']),
    ...CONNECTIONS,
  }),
  /** Another process holds the lock of apt: for a while, or until the bootstrap gives up. */
  z.object({ kind: z.literal('apt-locked'), forMs: z.int().nonnegative().optional() }),
  /** A step of bootstrap or installer fails. */
  z.object({
    kind: z.literal('install-fails'),
    step: z.enum(INSTALL_STEPS),
    message: z.string(),
    /** Number of runs to fail; default all. */
    runs: z.int().positive().optional(),
  }),
  /** A download of npm or apt fails in this step. */
  z.object({
    kind: z.literal('download-fails'),
    step: z.enum(INSTALL_STEPS).default('check_environment'),
    /** Number of runs to fail. */
    runs: z.int().positive().default(1),
  }),
  /** The panel is not there yet when the installer looks, which gives up before it comes to the gatekeeper. */
  z.object({
    kind: z.literal('panel-slow'),
    /** After its start; never when left out. */
    afterMs: z.int().nonnegative().optional(),
    /** Number of slow starts; default all. */
    runs: z.int().positive().optional(),
  }),
  /** The gatekeeper is not there yet when the installer looks, which gives up. */
  z.object({ kind: z.literal('gatekeeper-slow'), afterMs: z.int().nonnegative() }),
  /** A step writes very many lines; not wrong, but hard on whoever shows them. */
  z.object({
    kind: z.literal('log-flood'),
    step: z.enum(INSTALL_STEPS).default('deploy_panel'),
    linesPerSecond: z.int().positive(),
    forMs: z.int().positive(),
  }),
  /** npm is killed for memory in this step. */
  z.object({ kind: z.literal('out-of-memory'), step: z.enum(INSTALL_STEPS).optional() }),
  /** The installer reports success, but nothing listens on 9292. */
  z.object({ kind: z.literal('panel-never-comes') }),
  /** nginx is up, the panel server behind it is not. */
  z.object({ kind: z.literal('panel-server-down') }),
  /** The installer reports success without a client.p12. */
  z.object({ kind: z.literal('p12-missing') }),
  /** A task of the panel's provisioning fails with this text. */
  z.object({
    kind: z.literal('onboarding-fails'),
    task: z.string(),
    message: z.string(),
    /** Number of runs to fail; default all. */
    runs: z.int().positive().optional(),
  }),
  /** nginx restarts when a task of the panel's provisioning begins: all connections are cut. */
  z.object({
    kind: z.literal('onboarding-cuts'),
    task: z.string(),
    runs: z.int().positive().optional(),
  }),
  /** An update ends before anything happened, or after the panel was stopped. */
  z.object({ kind: z.literal('update-fails'), when: z.enum(['before-stop', 'after-stop']) }),
  /** A call of the panel's API goes wrong: the nth that fits. */
  z.object({
    kind: z.literal('panel-call'),
    method: z.string(),
    /** `/api/tunnels/*`; `*` stands for any characters. */
    path: z.string(),
    nth: z.int().positive().default(1),
    /** Number of calls to fail from there on; default all. */
    times: z.int().positive().optional(),
    /** Executes it before failing it, to simulate a lost answer. */
    acts: z.boolean().default(false),
    trouble: z.union([
      /** An error in the panel's form, with this status. */
      z.int().min(400).max(599),
      z.enum(['reset', 'silence', 'page', 'truncated', 'wrong-shape', 'endless', 'slow']),
    ]),
  }),
  /** An action on the droplet ends as errored, without an effect. */
  z.object({ kind: z.literal('action-fails') }),
  /** Its system does not end when it is asked to shut down. */
  z.object({ kind: z.literal('shutdown-ignored') }),
  /** The password file does not fit the client.p12. */
  z.object({ kind: z.literal('p12-password-wrong') }),
]);

export type DropletFault = z.output<typeof DROPLET_FAULT>;
/** Fault as written by a caller, without defaults. */
export type DropletFaultInput = z.input<typeof DROPLET_FAULT>;
export type DropletFaultKind = DropletFault['kind'];
export type DropletFaultOf<Kind extends DropletFaultKind> = Extract<DropletFault, { kind: Kind }>;

type TaskFault = DropletFaultOf<'onboarding-fails' | 'onboarding-cuts'>;

export type PanelTrouble = DropletFaultOf<'panel-call'>;

/** The faults of one droplet. */
export class DropletFaults {
  private readonly faults: DropletFault[];
  private readonly taken = new Map<DropletFault, number>();
  /** Calls that fitted a fault, whether or not it hit them. */
  private readonly fitted = new Map<DropletFault, number>();

  constructor(faults: readonly DropletFault[]) {
    this.faults = [...faults];
  }

  add(fault: DropletFault): void {
    this.faults.push(fault);
  }

  clear(): void {
    this.faults.length = 0;
  }

  find<Kind extends DropletFaultKind>(kind: Kind): DropletFaultOf<Kind> | undefined {
    return this.faults.find((fault): fault is DropletFaultOf<Kind> => fault.kind === kind);
  }

  /** The fault that hits a task of the panel's provisioning in this run. */
  takeOnboarding<Kind extends TaskFault['kind']>(
    kind: Kind,
    task: string,
  ): DropletFaultOf<Kind> | undefined {
    const fault = this.faults.find(
      (each): each is TaskFault => each.kind === kind && 'task' in each && each.task === task,
    );
    const taken = fault === undefined ? 0 : (this.taken.get(fault) ?? 0);
    if (fault === undefined || taken >= (fault.runs ?? Infinity)) return undefined;
    this.taken.set(fault, taken + 1);
    return fault as DropletFaultOf<Kind>;
  }

  /** The fault that hits this call of the panel's API. */
  takePanelCall(method: string, path: string): PanelTrouble | undefined {
    const fitting = this.faults.filter(
      (fault): fault is PanelTrouble =>
        fault.kind === 'panel-call' && fault.method === method && wildcard(fault.path).test(path),
    );
    for (const fault of fitting) this.fitted.set(fault, (this.fitted.get(fault) ?? 0) + 1);
    return fitting.find((fault) => {
      const past = (this.fitted.get(fault) ?? 0) - fault.nth;
      return past >= 0 && past < (fault.times ?? Infinity);
    });
  }

  has(kind: DropletFaultKind): boolean {
    return this.find(kind) !== undefined;
  }
}

const GARBAGE = 'HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n';

/**
 * Effect of a fault on a connection: `taken` ones must not reach the SSH server, `mute` ones get no
 * answers.
 */
export type Spoiling = 'none' | 'taken' | 'mute';

/** Spoils SSH connections, as many as each fault says. */
export class ConnectionFaults {
  private readonly faults: DropletFaults;
  private readonly used = new Map<object, number>();

  constructor(faults: DropletFaults) {
    this.faults = faults;
  }

  spoil(socket: Socket): Spoiling {
    const hangs = this.faults.find('ssh-hangs');
    const dropped = this.faults.find('ssh-dropped');
    if (this.isDue(this.faults.find('ssh-garbage'))) {
      socket.end(GARBAGE);
      return 'taken';
    }
    if (dropped !== undefined && this.isDue(dropped)) dropAfter(socket, dropped.afterBytes);
    if (!this.isDue(hangs)) return 'none';
    if (hangs?.when === 'after-login') return 'mute';
    socket.resume();
    return 'taken';
  }

  private isDue(fault: { readonly connections?: number | undefined } | undefined): boolean {
    if (fault === undefined) return false;
    const used = this.used.get(fault) ?? 0;
    this.used.set(fault, used + 1);
    return used < (fault.connections ?? Infinity);
  }
}

/** Lets so many bytes out, then resets. */
function dropAfter(socket: Socket, bytes: number): void {
  let left = bytes;
  const write = socket.write.bind(socket) as (chunk: Buffer, ...rest: unknown[]) => boolean;
  const limited = (chunk: Buffer | string, ...rest: unknown[]): boolean => {
    const data = Buffer.from(chunk);
    if (data.length < left) {
      left -= data.length;
      return write(data, ...rest);
    }
    // The last bytes are to arrive before the reset does.
    const last = data.subarray(0, left);
    left = 0;
    write(last, () => reset(socket));
    return false;
  };
  socket.write = limited;
}
