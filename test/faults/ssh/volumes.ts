import type { AnyStepId } from '../../../src/services/provisioning/steps/index.js';
import type { Phase, Volume } from './phases.js';
import { openSshWorld, type SshWorld } from './world.js';

type Volumes = ReadonlyMap<AnyStepId, Volume>;

const found = new Map<boolean, Promise<Volumes>>();

/** How much goes by in a phase when nothing is cut; a run without cuts finds it out once in a process. */
export async function volumeOf({ step, upload }: Phase): Promise<Volume> {
  const volumes = found.get(upload) ?? measure(upload);
  found.set(upload, volumes);
  const volume = (await volumes).get(step);
  if (volume === undefined) throw new Error(`no bytes were counted in ${step}`);
  return volume;
}

async function measure(upload: boolean): Promise<Volumes> {
  const volumes = new Map<AnyStepId, Volume>();
  const world: SshWorld = await openSshWorld({
    haste: 1,
    upload,
    onEntry(entry) {
      if (entry.event !== 'step') return;
      if (entry.status === 'done') volumes.set(entry.step, { ...world.proxy.passed });
      world.proxy.disarm();
    },
  });
  try {
    const outcome = await world.run();
    if (outcome === 'succeeded') return volumes;
    const { error } = await world.operation();
    throw new Error(`a run without cuts: ${outcome}, ${error?.code} ${error?.message}`);
  } finally {
    await world.close();
  }
}
