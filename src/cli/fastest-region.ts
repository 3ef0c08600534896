import { usableRegions } from '../app/regions.js';
import { ProvisioningError } from '../services/provisioning/errors.js';
import { measureRegions } from '../services/latency/measure-regions.js';
import { DROPLET_SIZE, type World } from './world.js';

/** The usable region with the shortest way. */
export async function fastestRegion(
  world: World,
  token: string,
): Promise<{ readonly slug: string; readonly name: string; readonly medianMs: number }> {
  const { dial, clock } = world;
  const regions = usableRegions(await world.createApi(token).listRegions(), DROPLET_SIZE);
  const medians = new Map<string, number>();
  await measureRegions(
    regions.map((region) => region.slug),
    {
      dial,
      clock,
      onSample: (slug, latency) => {
        if (latency.state === 'measured') medians.set(slug, latency.medianMs);
      },
    },
  );
  const [fastest] = [...medians].sort(([, one], [, other]) => one - other);
  const region = regions.find((candidate) => candidate.slug === fastest?.[0]);
  if (fastest !== undefined && region !== undefined) {
    return { slug: region.slug, name: region.name, medianMs: fastest[1] };
  }
  throw new ProvisioningError({
    code: 'no-region-reached',
    message: 'No region could be measured.',
    hint: 'Choose one yourself: --region fra1.',
  });
}
