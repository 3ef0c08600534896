/**
 * How much of a provisioning is waiting for a droplet that is far away: round trips and seconds of what goes over SSH,
 * to a real sshd through a proxy with 600 ms. Run with: npm run bench:round-trips
 */
import { measureRoundTrips } from '../fixtures/round-trips.js';

const ROUND_TRIP_MS = 600;
const TRIPS_LIMIT = 4;

let isKept = true;
for (const upload of [false, true]) {
  console.log(upload ? 'with a package that is uploaded' : 'with a package of the registry');
  for (const [name, { trips, ms }] of Object.entries(
    await measureRoundTrips(ROUND_TRIP_MS, upload),
  )) {
    isKept &&= upload || trips <= TRIPS_LIMIT;
    const seconds = (ms / 1000).toFixed(1).padStart(6);
    console.log(`  ${name.padEnd(30)}${String(trips).padStart(4)} round trips ${seconds} s`);
  }
}
console.log(`limit without an upload: ${TRIPS_LIMIT} each: ${isKept ? 'kept' : 'exceeded'}`);
process.exitCode = isKept ? 0 : 1;
