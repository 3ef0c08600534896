import { runSandboxDaemon } from '../sandbox/daemon/daemon.js';
import { SandboxFolder } from '../sandbox/folder.js';
import { DEFAULT_DELAYS, scaledDelays } from '../sandbox/delays.js';

/** Runs the hidden command until the sandbox is no longer needed. */
export async function runDaemon(home: string, speed: number): Promise<number> {
  const folder = await SandboxFolder.open(home);
  await runSandboxDaemon(folder, { delays: scaledDelays(DEFAULT_DELAYS, speed) });
  return 0;
}
