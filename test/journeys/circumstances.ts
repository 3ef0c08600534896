import type { Person } from './person.js';

/** A known order, whatever else this machine does while it is measured: each a good deal farther than the one before. */
export async function regionsAreFarApart(person: Person): Promise<void> {
  const sandbox = await person.home.sandbox();
  const regions = ['ams3', 'lon1', 'nyc1', 'nyc2', 'nyc3', 'sfo2', 'sfo3', 'sgp1'];
  for (const [index, region] of regions.entries()) {
    const match = { method: 'CONNECT', path: `*${region}*:443` };
    const delayMs = 60 * (index + 1);
    await sandbox.perform({
      action: 'addFault',
      fault: { kind: 'slow', match, times: 'forever', delayMs },
    });
  }
}

/** The next droplet's installation waits so long, in milliseconds. */
export async function aptIsLocked(person: Person, forMs: number): Promise<void> {
  const sandbox = await person.home.sandbox();
  await sandbox.perform({ action: 'addDropletFault', fault: { kind: 'apt-locked', forMs } });
}

/** The next droplet boots, and that is all. */
export async function sshNeverAnswers(person: Person): Promise<void> {
  const sandbox = await person.home.sandbox();
  await sandbox.perform({ action: 'addDropletFault', fault: { kind: 'sshd-never-comes' } });
}
