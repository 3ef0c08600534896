import type { SandboxDelays } from '../delays.js';
import type { DropletFaults } from '../faults/droplet-faults.js';

/** When things become true of a droplet, on the monotonic clock, milliseconds. Infinity is never. */
export interface Timeline {
  readonly readableAt: number;
  readonly taggedAt: number;
  readonly listedAt: number;
  readonly activeAt: number;
  readonly privateAddressAt: number;
  readonly publicAddressAt: number;
  readonly sshAt: number;
  /** cloud-init's restart of sshd: connections are refused in between. */
  readonly sshRestart: { readonly from: number; readonly to: number };
  /** Time from which the droplet, which could not be placed, is not found. */
  readonly lostAt: number;
}

/** Time for which DigitalOcean still shows a droplet that it could not place, milliseconds. */
const SHOWN_UNTIL_LOST_MS = 1000;

/** The life of a droplet that is created at `born`. */
export function planLife(
  born: number,
  delays: SandboxDelays,
  faults: DropletFaults,
  placed: boolean,
): Timeline {
  const stays = faults.has('boot-never-ends') || !placed || faults.has('placement-fails');
  const activeAt = stays ? Infinity : born + delays.bootMs;
  const sshAt = faults.has('sshd-never-comes') ? Infinity : activeAt + delays.sshMs;
  const restartAt = sshAt + delays.sshRestartAfterMs;
  return {
    readableAt: born + delays.dropletReadableMs,
    taggedAt: born + delays.dropletTaggedMs,
    listedAt: born + delays.dropletListedMs,
    activeAt,
    privateAddressAt: activeAt + delays.addressMs / 2,
    publicAddressAt: activeAt + delays.addressMs,
    sshAt,
    sshRestart: { from: restartAt, to: restartAt + delays.sshRestartMs },
    lostAt:
      !placed || faults.has('placement-fails')
        ? born + delays.dropletReadableMs + Math.min(SHOWN_UNTIL_LOST_MS, delays.bootMs)
        : Infinity,
  };
}

/** The life of a droplet that has been there for long. */
export const ESTABLISHED: Timeline = {
  readableAt: -Infinity,
  taggedAt: -Infinity,
  listedAt: -Infinity,
  activeAt: -Infinity,
  privateAddressAt: -Infinity,
  publicAddressAt: -Infinity,
  sshAt: -Infinity,
  sshRestart: { from: -Infinity, to: -Infinity },
  lostAt: Infinity,
};
