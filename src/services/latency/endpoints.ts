/**
 * Hosts measured for each region: DigitalOcean's object storage, since its speed test hosts are
 * gone (contract: Latency). Regions without storage of their own use the nearest one.
 */
const STORAGE_OF: Readonly<Record<string, string>> = {
  nyc1: 'nyc3',
  nyc2: 'nyc3',
  nyc3: 'nyc3',
  ams3: 'ams3',
  sfo2: 'sfo3',
  sfo3: 'sfo3',
  sgp1: 'sgp1',
  lon1: 'lon1',
  fra1: 'fra1',
  tor1: 'tor1',
  blr1: 'blr1',
  syd1: 'syd1',
  atl1: 'atl1',
  ric1: 'ric1',
  mkc1: 'mkc1',
};

/** Host whose TCP connect time stands for the region; undefined when there is none. */
export function latencyEndpoint(regionSlug: string): string | undefined {
  const storage = Object.hasOwn(STORAGE_OF, regionSlug) ? STORAGE_OF[regionSlug] : undefined;
  return storage === undefined ? undefined : `${storage}.digitaloceanspaces.com`;
}
