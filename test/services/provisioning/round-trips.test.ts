import { expect, it } from 'vitest';
import { measureRoundTrips } from '../../fixtures/round-trips.js';

/** Long enough that nothing that is sent without waiting comes a round trip late on a busy machine. */
const ROUND_TRIP_MS = 300;
const TRIPS_MAX = 4;

it('waits for the droplet four times at most in each part of a provisioning', async () => {
  const parts = await measureRoundTrips(ROUND_TRIP_MS, false);
  const trips = Object.entries(parts).map(([name, part]) => [name, part.trips]);
  expect(trips.filter(([, count]) => Number(count) > TRIPS_MAX)).toEqual([]);
}, 120_000);
