import { InstallJob, type InstallHost } from './install-job.js';

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
