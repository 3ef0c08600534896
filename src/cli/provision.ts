import { InputError } from '../core/errors.js';
import { fastestRegion } from './fastest-region.js';
import { chooseLabel } from '../usecases/labels.js';
import { type FollowOptions, type OutputFormat, startAndFollow } from './follow.js';
import { requireLastingStore } from '../usecases/stores.js';
import { requireToken } from '../usecases/token.js';
import type { World } from './world.js';
import { writeText } from './write.js';

/** Creates a server and reports on standard output. Resolves to the exit code: 0 online, 1 failed. */
export async function provisionCommand(
  world: World,
  options: FollowOptions & {
    readonly region: string | undefined;
    readonly label: string | undefined;
  },
): Promise<number> {
  const token = await requireToken(world);
  const region = requireRegionSlug(
    options.region ?? (await sandboxRegion(world, token, options.format)),
  );
  const label = await chooseLabel(world, region, options.label);
  await requireLastingStore(world);
  return await startAndFollow(world, options, () =>
    world.operations.start({ region, label }, token),
  );
}

/** A slug's form; whether the region exists is asked before anything is created. */
function requireRegionSlug(region: string): string {
  if (/^[a-z]{3}\d$/.test(region)) return region;
  throw new InputError({
    code: 'region-invalid',
    message: `${JSON.stringify(region)} is not a region.`,
    hint: 'A region is a slug such as fra1, nyc3 or sgp1.',
  });
}

/** Chooses a region in the sandbox only: elsewhere the choice costs money, and is left to the person. */
async function sandboxRegion(world: World, token: string, format: OutputFormat): Promise<string> {
  if (!world.settings.sandbox) {
    throw new InputError({
      code: 'region-missing',
      message: 'Which region should the server be in?',
      hint: 'Add --region, for example --region fra1.',
    });
  }
  const fastest = await fastestRegion(world, token);
  if (format === 'plain') {
    writeText(
      process.stdout,
      `Fastest region: ${fastest.name} (${fastest.slug}), ${Math.round(fastest.medianMs)} ms.\n`,
    );
  }
  return fastest.slug;
}
