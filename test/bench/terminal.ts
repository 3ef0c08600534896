/**
 * What the program costs the terminal and its reader: bytes, key-to-screen latency, frames, start and memory, of the
 * real program in a real pseudo-terminal with a sandbox of its own. Takes about four minutes.
 * Run with: npm run bench:terminal, or some of it: npm run bench:terminal -- idle latency
 */
import { bursts } from './terminal/bursts.js';
import { idleMinute, provisioning, spinnerTick } from './terminal/bytes.js';
import { type Figure, print } from './terminal/figures.js';
import { keyLatency } from './terminal/latency.js';
import { startUp } from './terminal/start-up.js';

const SECTIONS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  start: startUp,
  bursts,
  spinner: spinnerTick,
  latency: keyLatency,
  provisioning,
  idle: idleMinute,
};

const wanted = process.argv.slice(2);
let kept = true;
for (const [name, measure] of Object.entries(SECTIONS)) {
  if (wanted.length === 0 || wanted.includes(name)) kept = print(await measure()) && kept;
}
process.exitCode = kept ? 0 : 1;
