import type { Region, Size } from '../services/digitalocean/api.js';
import type { RegionLatency } from '../services/latency/measure-regions.js';
import { worldPosition } from '../services/latency/world-positions.js';
import type { RegionsState } from './form-state.js';

/** Regions that are open and offer the size. */
export function usableRegions(regions: readonly Region[], size: Size['slug']): readonly Region[] {
  return regions.filter((region) => region.available && region.sizes.includes(size));
}

/** Fastest first, then those still being measured, then those whose measurement failed; ties by slug. */
export function sortedRegions({
  list,
  latencies,
}: Pick<RegionsState, 'list' | 'latencies'>): readonly Region[] {
  const key = ({ slug }: Region): readonly [number, number, string] => {
    const latency = latencies[slug];
    return [rank(latency), latency?.state === 'measured' ? latency.medianMs : 0, slug];
  };
  return [...list].sort((one, other) => compare(key(one), key(other)));
}

/** The slug to suggest; the first in the list while nothing was measured. */
export function fastestRegion(regions: RegionsState): string | undefined {
  return sortedRegions(regions)[0]?.slug;
}

function rank(latency: RegionLatency | undefined): number {
  if (latency?.state === 'measured') return 0;
  return latency?.state === 'failed' ? 2 : 1;
}

function compare(
  one: readonly [number, number, string],
  other: readonly [number, number, string],
): number {
  return one[0] - other[0] || one[1] - other[1] || (one[2] < other[2] ? -1 : 1);
}

/** Map position of a region; undefined for an unknown one. */
export const regionPlace = worldPosition;

/** `512 MB RAM / 1 vCPU / 10 GB SSD` */
export function sizeText({ memoryMb, vcpus, diskGb }: Size): string {
  const memory = memoryMb < 1024 ? `${memoryMb} MB` : `${memoryMb / 1024} GB`;
  return `${memory} RAM / ${vcpus} vCPU / ${diskGb} GB SSD`;
}
