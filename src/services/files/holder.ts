import { isOfThisKernel, livenessOf, type RecordedProcess } from '../process/identity.js';
import { isLockedByKernel } from './kernel-lock.js';

/** A process that wrote itself down in a file which it works on. */
export interface Holder extends RecordedProcess {
  /** See `KernelLock`; undefined where it has none on the file. */
  readonly kernelLock: string | undefined;
}

/**
 * Visibility of a living holder: `here` by its process id, which signals reach; `elsewhere` by its
 * kernel lock only; `unknown` when it is in another container or on another machine and may or may
 * not live.
 */
export type Sight = 'here' | 'elsewhere' | 'unknown';

/** Undefined for a holder that is known to have ended. */
export async function sightOf(holder: Holder, path: string): Promise<Sight | undefined> {
  const liveness = await livenessOf(holder);
  if (liveness === 'gone') return undefined;
  if (liveness === 'alive') return 'here';
  if (holder.kernelLock === undefined) return 'unknown';
  const isLocked = await isLockedByKernel(path, holder.kernelLock);
  if (isLocked === true) return 'elsewhere';
  // The locks of another machine's kernel may be unknown to this one.
  return isLocked === false && isOfThisKernel(holder.place) ? undefined : 'unknown';
}
