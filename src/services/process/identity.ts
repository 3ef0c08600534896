import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { arch, platform, release } from 'node:os';
import { PRODUCT } from '../../core/product.js';
import { systemCodeOf } from '../../core/errors.js';
import { runProgram } from './program.js';

const MACHINE_ID_FILES = ['/etc/machine-id', '/var/lib/dbus/machine-id'];
const MACHINE_DIGITS = 16;
const PLACE = /^(?<boot>[0-9a-f-]{36}) (?<namespace>pid:\[\d+\]) (?<machine>[0-9a-f]{16}|-)$/;

/** Relation of a recorded place to this process: process ids of the place mean something here, or ended with it. */
export type PlaceRelation = 'here' | 'ended' | 'elsewhere';

let own: { readonly place: string | undefined } | undefined;

/**
 * Text that says where this process's id means something: boot id, pid namespace (pid_namespaces(7)) and a hash of the
 * machine's id, `-` for none. Undefined on systems without /proc.
 */
export function ownPlace(): string | undefined {
  own ??= { place: readPlace() };
  return own.place;
}

/**
 * Compares the text of `ownPlace` that another process recorded with this process's own. Another boot is an earlier
 * one, unless it is known to be of another machine. Without a record, or without /proc, every place is here.
 */
function relationTo(recorded: string | undefined): PlaceRelation {
  const here = parsePlace(ownPlace());
  const there = parsePlace(recorded);
  if (here === undefined || there === undefined) return 'here';
  if (there.boot === here.boot) return there.namespace === here.namespace ? 'here' : 'elsewhere';
  const areKnown = here.machine !== '-' && there.machine !== '-';
  return areKnown && there.machine !== here.machine ? 'elsewhere' : 'ended';
}

/** True when one kernel runs both, so that its locks are seen from here. */
export function isOfThisKernel(recorded: string | undefined): boolean {
  const boot = parsePlace(recorded)?.boot;
  return boot !== undefined && boot === parsePlace(ownPlace())?.boot;
}

/** Number of this process's pid namespace; 0 on systems without /proc. */
export function ownNamespace(): number {
  return Number(/\d+/.exec(parsePlace(ownPlace())?.namespace ?? '')?.[0] ?? 0);
}

/** True for what `ownPlace` may have given. */
export function isPlace(text: string): boolean {
  return PLACE.test(text);
}

function readPlace(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const place = `${boot} ${readlinkSync('/proc/self/ns/pid')} ${machineHash()}`;
    return isPlace(place) ? place : undefined;
  } catch {
    return undefined;
  }
}

/** The id itself is confidential: machine-id(5). */
function machineHash(): string {
  for (const path of MACHINE_ID_FILES) {
    try {
      const id = readFileSync(path, 'utf8').trim();
      if (!/^[0-9a-f]{32}$/.test(id)) continue;
      return createHash('sha256').update(`${PRODUCT} ${id}`).digest('hex').slice(0, MACHINE_DIGITS);
    } catch {
      // Containers often have none.
    }
  }
  return '-';
}

function parsePlace(
  text: string | undefined,
): Readonly<Record<'boot' | 'namespace' | 'machine', string>> | undefined {
  const { boot, namespace, machine } = PLACE.exec(text ?? '')?.groups ?? {};
  if (boot === undefined || namespace === undefined || machine === undefined) return undefined;
  return { boot, namespace, machine };
}

const START_TIME_FIELD = 22;
/**
 * Clock ticks a second that Linux reports, on every architecture Node.js runs on (time(7),
 * USER_HZ).
 */
const TICKS_PER_S = 100;
const PS_TIMEOUT_MS = 10_000;

/**
 * Gives the start time that tells a living process from a later one with the same id, as text to
 * compare. Undefined when there is no such process, or when the system does not say. On Linux field
 * 22 of /proc/<pid>/stat and the boot id (proc(5)), elsewhere `ps -o lstart`.
 */
export async function processStartOf(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? await startFromProc(pid) : await startFromPs(pid);
}

/** A process as it wrote itself down. */
export interface RecordedProcess {
  readonly pid: number;
  /** See `processStartOf`; undefined where it was not written. */
  readonly startedAt: string | undefined;
  /** See `ownPlace`; undefined where it was not written. */
  readonly place: string | undefined;
}

/** `unseen`: in another pid namespace or on another machine, where its id says nothing to this process. */
export type Liveness = 'alive' | 'gone' | 'unseen';

/** Tells a living process from one that ended, and from one that cannot be seen: that one is not dead. */
export async function livenessOf({ pid, startedAt, place }: RecordedProcess): Promise<Liveness> {
  const relation = relationTo(place);
  if (relation === 'elsewhere') return 'unseen';
  if (relation === 'ended') return 'gone';
  return (await isSameProcessAlive(pid, startedAt)) ? 'alive' : 'gone';
}

/**
 * True when a process of this pid namespace lives. EPERM means a living process of another user. A zombie has ended:
 * in a container whose process 1 waits for none but its own children, it stays for ever.
 */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCodeOf(error) !== 'EPERM') return false;
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return /^[ZX]/.test(fieldsOf(readFileSync(`/proc/${pid}/stat`, 'utf8'))[0] ?? '');
  } catch {
    return false;
  }
}

/** Fields of /proc/<pid>/stat from the third one on: the name before them may hold spaces and parentheses. */
function fieldsOf(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/**
 * True when exactly this process lives; without a known start time, when any process has the id.
 */
async function isSameProcessAlive(pid: number, startedAt: string | undefined): Promise<boolean> {
  if (!isProcessAlive(pid)) return false;
  if (startedAt === undefined || startedAt === '') return true;
  const start = await processStartOf(pid);
  return start === undefined || start === startedAt;
}

async function startFromProc(pid: number): Promise<string | undefined> {
  try {
    const [stat, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    const ticks = fieldsOf(stat)[START_TIME_FIELD - 3];
    return ticks === undefined ? undefined : `${ticks}@${bootId.trim()}`;
  } catch {
    return undefined;
  }
}

async function startFromPs(pid: number): Promise<string | undefined> {
  try {
    const { exitCode, stdout } = await runProgram('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], {
      environment: { LC_ALL: 'C', TZ: 'UTC' },
      timeoutMs: PS_TIMEOUT_MS,
    });
    return exitCode === 0 ? stdout.trim() || undefined : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Gives the start time of a process, epoch milliseconds to about a second; undefined when there is
 * no such process, or when the system does not say. Moves with the machine's clock: for rough
 * comparisons only.
 */
export async function processStartTimeOf(pid: number): Promise<number | undefined> {
  const start = await processStartOf(pid);
  if (start === undefined) return undefined;
  if (process.platform !== 'linux') return Date.parse(`${start} UTC`) || undefined;
  const bootedAt = /^btime (\d+)$/m.exec(await readFile('/proc/stat', 'utf8').catch(() => ''))?.[1];
  const ticks = Number.parseInt(start, 10);
  return bootedAt === undefined ? undefined : (Number(bootedAt) + ticks / TICKS_PER_S) * 1000;
}

/** Name of the operating system: `Debian GNU/Linux 12 (linux 6.1.0 x64)`. */
export async function describeSystem(): Promise<string> {
  const kernel = `${platform()} ${release()} ${arch()}`;
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const name = /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(text)?.[1];
  return name === undefined ? kernel : `${name} (${kernel})`;
}
