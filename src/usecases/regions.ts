import { InputError } from '../core/errors.js';
import type { DigitalOceanApi, Region, Size } from '../services/digitalocean/api.js';
import type { RegionLatency } from '../services/latency/measure-regions.js';
import { worldPosition } from '../services/latency/world-positions.js';
import { noRegion, ProvisioningError } from '../services/provisioning/errors.js';
import type { KeyWork } from './work.js';

/** Regions that a server can be in, and the size that it gets there; undefined for one without a price. */
export interface Offer {
  readonly regions: readonly Region[];
  readonly size: Size | undefined;
}

/** Asks which regions are open and offer the size. Throws `region-none` for none. */
export async function findOffer(
  api: DigitalOceanApi,
  { environment, signal }: Pick<KeyWork, 'environment' | 'signal'>,
): Promise<Offer> {
  const { sizeSlug } = environment.offer;
  const [all, sizes] = await Promise.all([api.listRegions(signal), api.listSizes(signal)]);
  const regions = all.filter(
    ({ available, sizes: slugs }) => available && slugs.includes(sizeSlug),
  );
  if (regions.length === 0) throw noRegion(sizeSlug);
  return { regions, size: sizes.find(({ slug }) => slug === sizeSlug) };
}

/** One of these regions, by its slug; the first for a blank. Throws `region-invalid`. */
export function requireRegion(typed: string, regions: readonly Region[]): Region {
  const region = typed === '' ? regions[0] : regions.find(({ slug }) => slug === typed);
  if (region !== undefined) return region;
  throw new InputError({
    code: 'region-invalid',
    message: `${JSON.stringify(typed)} is not one of these regions.`,
    hint: `Use ${regions.map(({ slug }) => slug).join(', ')}.`,
  });
}

/** The slug itself, if it has the form of one: DigitalOcean is asked for it before anything is made. */
export function requireRegionSlug(slug: string): string {
  if (/^[a-z]{3}\d$/.test(slug)) return slug;
  throw new InputError({
    code: 'region-invalid',
    message: `${JSON.stringify(slug)} is not a region.`,
    hint: 'A region is a slug such as fra1, nyc3 or sgp1.',
  });
}

/** Measures regions. Resolves to them, fastest first, with their latencies. */
export async function measuredRegions(
  regions: readonly Region[],
  { measureRegions, signal }: Pick<KeyWork, 'measureRegions' | 'signal'>,
): Promise<readonly (readonly [Region, RegionLatency | undefined])[]> {
  const latencies: Record<string, RegionLatency> = {};
  const handleSample = (slug: string, latency: RegionLatency): void =>
    void (latencies[slug] = latency);
  await measureRegions(
    regions.map(({ slug }) => slug),
    handleSample,
    signal,
  );
  return sortedRegions({ list: regions, latencies }).map((region) => [
    region,
    latencies[region.slug],
  ]);
}

/** The region with the shortest way. Throws `region-unmeasured` when none could be measured. */
export async function findFastestRegion(
  api: DigitalOceanApi,
  work: KeyWork,
): Promise<{ readonly region: Region; readonly medianMs: number }> {
  const [fastest] = await measuredRegions((await findOffer(api, work)).regions, work);
  if (fastest?.[1]?.state === 'measured')
    return { region: fastest[0], medianMs: fastest[1].medianMs };
  throw new ProvisioningError({
    code: 'region-unmeasured',
    message: 'No region could be measured.',
    hint: 'Choose one yourself: --region fra1.',
  });
}

/** Fastest first, then those still being measured, then those whose measurement failed; ties by slug. */
export function sortedRegions({
  list,
  latencies,
}: {
  readonly list: readonly Region[];
  readonly latencies: Readonly<Record<string, RegionLatency>>;
}): readonly Region[] {
  const key = ({ slug }: Region): readonly [number, number, string] => {
    const latency = latencies[slug];
    return [rank(latency), latency?.state === 'measured' ? latency.medianMs : 0, slug];
  };
  return [...list].sort((one, other) => compare(key(one), key(other)));
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
