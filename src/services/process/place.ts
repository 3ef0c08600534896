import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { PRODUCT } from '../../core/product.js';

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
export function relationTo(recorded: string | undefined): PlaceRelation {
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
