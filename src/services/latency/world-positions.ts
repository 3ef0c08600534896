/** Degrees, north and east positive. */
export interface WorldPosition {
  readonly latitude: number;
  readonly longitude: number;
  readonly country: string;
}

const US = 'United States';
const NEW_YORK: WorldPosition = { latitude: 40.7, longitude: -74.0, country: US };
const SAN_FRANCISCO: WorldPosition = { latitude: 37.8, longitude: -122.4, country: US };
const AMSTERDAM: WorldPosition = { latitude: 52.4, longitude: 4.9, country: 'Netherlands' };

/** The cities that DigitalOcean's regions are named after. */
const POSITIONS: Readonly<Record<string, WorldPosition>> = {
  nyc1: NEW_YORK,
  nyc2: NEW_YORK,
  nyc3: NEW_YORK,
  ams2: AMSTERDAM,
  ams3: AMSTERDAM,
  sfo1: SAN_FRANCISCO,
  sfo2: SAN_FRANCISCO,
  sfo3: SAN_FRANCISCO,
  sgp1: { latitude: 1.35, longitude: 103.8, country: 'Singapore' },
  lon1: { latitude: 51.5, longitude: -0.1, country: 'United Kingdom' },
  fra1: { latitude: 50.1, longitude: 8.7, country: 'Germany' },
  tor1: { latitude: 43.7, longitude: -79.4, country: 'Canada' },
  blr1: { latitude: 13.0, longitude: 77.6, country: 'India' },
  syd1: { latitude: -33.9, longitude: 151.2, country: 'Australia' },
  atl1: { latitude: 33.7, longitude: -84.4, country: US },
  ric1: { latitude: 37.5, longitude: -77.4, country: US },
  mkc1: { latitude: 39.1, longitude: -94.6, country: US },
  mem1: { latitude: 35.1, longitude: -90.0, country: US },
};

/** Slugs of the regions whose city is known; DigitalOcean may have closed some, and opened others. */
export function worldRegions(): readonly string[] {
  return Object.keys(POSITIONS);
}

/** Finds a region's position on the world map; undefined for an unknown region. */
export function worldPosition(regionSlug: string): WorldPosition | undefined {
  return Object.hasOwn(POSITIONS, regionSlug) ? POSITIONS[regionSlug] : undefined;
}
