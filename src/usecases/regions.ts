import { InputError, quoted } from '../core/errors.js';
import type { DigitalOceanApi, Region, Size } from '../services/digitalocean/api.js';
import type { RegionLatency } from '../services/latency/measure-regions.js';
import { worldPosition } from '../services/latency/world-positions.js';
import { noRegion, ProvisioningError } from '../services/provisioning/errors.js';
import { openApi } from './token.js';
import type { KeyWork } from './work.js';

/** Sizes that a server can have, cheapest first, and the open regions that offer at least one of them. */
export interface Offer {
  readonly regions: readonly Region[];
  readonly sizes: readonly Size[];
}

/** Asks which regions and sizes are on offer. */
export async function findOffer(
  api: DigitalOceanApi,
  { signal }: Pick<KeyWork, 'signal'>,
): Promise<Offer> {
  const [all, every] = await Promise.all([api.listRegions(signal), api.listSizes(signal)]);
  const sizes = every.filter(isServerSize).sort(byPrice);
  const regions = all.filter(
    (region) => region.available && sizes.some(({ slug }) => region.sizes.includes(slug)),
  );
  return { regions, sizes };
}

/** Regions that offer a size. */
export function regionsWith(regions: readonly Region[], sizeSlug: string): readonly Region[] {
  return regions.filter(({ sizes }) => sizes.includes(sizeSlug));
}

/** Like `regionsWith`. Throws `region-none` for none. */
export function requireRegionsWith(
  regions: readonly Region[],
  sizeSlug: string,
): readonly Region[] {
  const found = regionsWith(regions, sizeSlug);
  if (found.length === 0) throw noRegion(sizeSlug);
  return found;
}

/** Basic droplets with a shared processor, of no particular make. */
function isServerSize({ slug, available }: Size): boolean {
  return available && slug.startsWith('s-') && !/-(?:amd|intel)/.test(slug);
}

function byPrice(one: Size, other: Size): number {
  return (
    one.priceMonthlyUsd - other.priceMonthlyUsd ||
    one.memoryMb - other.memoryMb ||
    (one.slug < other.slug ? -1 : 1)
  );
}

/** One of these regions, by its slug; the first for a blank. Throws `region-invalid`. */
export function requireRegion(typed: string, regions: readonly Region[]): Region {
  const region = typed === '' ? regions[0] : regions.find(({ slug }) => slug === typed);
  if (region !== undefined) return region;
  throw new InputError({
    code: 'region-invalid',
    message: `${quoted(typed)} is not one of these regions.`,
    hint: `Use ${regions.map(({ slug }) => slug).join(', ')}.`,
  });
}

/** The slug itself, if it has the form of one: DigitalOcean is asked for it before anything is made. */
export function requireRegionSlug(slug: string): string {
  if (/^[a-z]{3}\d$/.test(slug)) return slug;
  throw new InputError({
    code: 'region-invalid',
    message: `${quoted(slug)} is not a region.`,
    hint: ['A region is a slug such as fra1, nyc3 or sgp1.', { command: 'regions' }],
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

/** Open regions with their measurements, fastest first; with a size only those that offer it. */
export async function listRegions(
  sizeSlug: string | undefined,
  work: KeyWork,
): Promise<readonly (readonly [Region, RegionLatency | undefined])[]> {
  const { regions, sizes } = await findOffer(await openApi(work), work);
  const offered = sizes.map(({ slug }) => slug);
  const wanted = sizeSlug === undefined ? regions : requireRegionsWith(regions, sizeSlug);
  // Sizes of another kind are none that a server can have.
  const servers = wanted.map((region) => ({
    ...region,
    sizes: offered.filter((slug) => region.sizes.includes(slug)),
  }));
  return await measuredRegions(servers, work);
}

/** The region with the shortest way. Throws `region-unmeasured` when none could be measured. */
export async function findFastestRegion(
  sizeSlug: string,
  api: DigitalOceanApi,
  work: KeyWork,
): Promise<{ readonly region: Region; readonly medianMs: number }> {
  const { regions } = await findOffer(api, work);
  const [fastest] = await measuredRegions(requireRegionsWith(regions, sizeSlug), work);
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
