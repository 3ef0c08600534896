import { findStrays } from '../services/provisioning/droplets/strays.js';
import { requireToken } from '../usecases/token.js';
import { say } from './say.js';
import { reportLines } from '../usecases/advice.js';
import type { World } from './world.js';

/** Lists unlisted droplets. Resolves to the exit code. */
export async function listStrays(world: World): Promise<number> {
  const { registry, operations } = world;
  const token = await requireToken(world);
  const report = await findStrays(world.createApi(token), registry, operations);
  const lines = reportLines(report, world.settings);
  if (lines.length === 0)
    say(world, 'No strays: the droplets of DigitalOcean are those of the list.');
  for (const line of lines) say(world, line);
  return 0;
}
