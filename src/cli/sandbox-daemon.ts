import { runSandboxDaemon } from '../sandbox/daemon/daemon.js';
import { DEFAULT_DELAYS, scaledDelays } from '../sandbox/delays.js';

/** The hidden command: runs until nobody needs the sandbox any more. */
export async function runDaemon(home: string, speed: number): Promise<number> {
  await runSandboxDaemon(home, { delays: scaledDelays(DEFAULT_DELAYS, speed) });
  return 0;
}
