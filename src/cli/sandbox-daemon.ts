import { runSandboxDaemon } from '../sandbox/daemon/daemon.js';
import { SandboxFolder } from '../sandbox/folder.js';
import { DEFAULT_DELAYS, scaledDelays } from '../sandbox/delays.js';

/** The hidden command: runs until nobody needs the sandbox any more. */
export async function runDaemon(home: string, speed: number): Promise<number> {
  const folder = await SandboxFolder.open(home);
  await runSandboxDaemon(folder, { delays: scaledDelays(DEFAULT_DELAYS, speed) });
  return 0;
}
