import { setFlagsFromString } from 'node:v8';

/**
 * Looks and frames leave short-lived garbage: V8 would let its young generation grow to 32 MB for it, and the old one to
 * several times of what lives, which stays resident. The young one has 2 MB at the start.
 */
const HEAP_STAYS_SMALL = ['--semi-space-growth-factor=1', '--optimize-for-size'];
/**
 * V8 of Node.js 22 and later has Maglev, which compiles what is hot: TurboFan above it keeps 6 MB for graphs and code, and
 * saves keys and looks nothing that could be measured. Without Maglev (Node.js 20) it stays.
 */
const WITH_MAGLEV = 12;
const WITHOUT_TURBOFAN = '--no-turbofan';

/** From now on the memory of this process stays close to what it needs. */
export function keepHeapSmall(): void {
  for (const flag of HEAP_STAYS_SMALL) setFlagsFromString(flag);
  if (Number.parseInt(process.versions.v8, 10) >= WITH_MAGLEV) setFlagsFromString(WITHOUT_TURBOFAN);
}
