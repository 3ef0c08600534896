/**
 * The full-screen program as `portlama-tui --sandbox`, but its clock runs FACTOR times as fast: what it does every 30 s
 * it does that much more often. Tells its memory, after collecting garbage, to whoever connects to SOCKET.
 * Arguments: FACTOR, SOCKET. Needs --expose-gc.
 */
import { createServer } from 'node:net';
import { onlySwitches } from '../../src/cli/global-options.js';
import { readSettings } from '../../src/cli/settings.js';
import { uiCommand } from '../../src/main/full-screen.js';
import { buildWorld } from '../../src/main/world.js';
import { type Clock, systemClock } from '../../src/core/time.js';

const [factorText, socketPath] = process.argv.slice(2) as [string, string];
const factor = Number(factorText);
const [startedAt, started] = [systemClock.now(), systemClock.monotonic()];
const hasty: Clock = {
  now: () => startedAt + (systemClock.now() - startedAt) * factor,
  monotonic: () => started + (systemClock.monotonic() - started) * factor,
  sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
};

const server = createServer((socket) => {
  // What the first round sets free the second one finds.
  for (let round = 0; round < 2; round += 1) globalThis.gc?.();
  socket.end(JSON.stringify(process.memoryUsage()));
}).listen(socketPath);

const settings = readSettings(onlySwitches(['--sandbox'])!, process.env);
const world = await buildWorld(settings, false, hasty);
try {
  await uiCommand(world, process.env, 'bench');
} finally {
  await world.close();
  server.close();
}
