import type { Region, Size } from '../services/digitalocean/api.js';
import type { RegionLatency } from '../services/latency/latency.js';
import type { RegionsState } from './wizard-state.js';

/** Regions that are open and offer the size. */
export function usableRegions(regions: readonly Region[], size: Size['slug']): readonly Region[] {
  return regions.filter((region) => region.available && region.sizes.includes(size));
}

/** Fastest first, then those still being measured, then those whose measurement failed; ties by slug. */
export function sortedRegions({ list, latencies }: RegionsState): readonly Region[] {
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

/** Degrees, for the map; cities of DigitalOcean's data centres. */
const PLACES: Readonly<Record<string, readonly [latitude: number, longitude: number]>> = {
  nyc: [40.71, -74.01],
  ams: [52.37, 4.9],
  sfo: [37.77, -122.42],
  sgp: [1.35, 103.82],
  lon: [51.51, -0.13],
  fra: [50.11, 8.68],
  tor: [43.65, -79.38],
  blr: [12.97, 77.59],
  syd: [-33.87, 151.21],
  atl: [33.75, -84.39],
  ric: [37.54, -77.44],
  mkc: [39.1, -94.58],
  mem: [35.15, -90.05],
};

/** Where a region is; undefined for one that is not known. */
export function regionPlace(
  slug: string,
): { readonly latitude: number; readonly longitude: number } | undefined {
  const city = slug.slice(0, 3);
  if (!Object.hasOwn(PLACES, city)) return undefined;
  const [latitude, longitude] = PLACES[city]!;
  return { latitude, longitude };
}
