import { once } from 'node:events';
import type { ServerChannel } from 'ssh2';
import { type InstallHost, InstallJob } from './install-job.js';

/** The installations of one droplet, by the folder that each was started in. */
export class Installations {
  private readonly host: InstallHost;
  private readonly jobs = new Map<string, InstallJob>();

  constructor(host: InstallHost) {
    this.host = host;
  }

  find(folder: string): InstallJob | undefined {
    return this.jobs.get(folder);
  }

  /** Starts one unless it runs or ended; `again` starts another one after a failure. */
  start(folder: string, again: boolean): void {
    const job = this.jobs.get(folder);
    const failed = job?.exitCode !== undefined && job.exitCode !== 0;
    if (job !== undefined && !(again && failed)) return;
    this.jobs.set(folder, new InstallJob(folder, this.host));
  }
}

/** Exit code when no job was ever started. */
const NEVER_STARTED = 3;
const CHUNK_BYTES = 32_768;

/** Prints a job's log from a byte offset on until the job ended; resolves to the exit code. */
export async function followLog(
  job: InstallJob | undefined,
  offset: number,
  channel: ServerChannel,
): Promise<number> {
  if (job === undefined) return NEVER_STARTED;
  const gone = new AbortController();
  channel.once('close', () => gone.abort());
  try {
    let position = offset;
    while (!gone.signal.aborted) {
      const chunk = job.log.content.subarray(position, position + CHUNK_BYTES);
      position += chunk.length;
      if (chunk.length > 0) await send(channel, Buffer.from(chunk), gone.signal);
      else if (job.exitCode === undefined) await job.nextChange(gone.signal);
      else return 0;
    }
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
  return 0;
}

async function send(channel: ServerChannel, chunk: Buffer, signal: AbortSignal): Promise<void> {
  if (!channel.write(chunk)) await once(channel, 'drain', { signal });
}
