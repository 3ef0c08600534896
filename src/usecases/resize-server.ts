import { InputError } from '../core/errors.js';
import type { Droplet, Size } from '../services/digitalocean/api.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { resizedLines, resizeQuestion, sizeLines, sizeQuestion } from '../words/power.js';
import { serverName } from '../words/servers.js';
import { requireDropletOf } from './droplet-of.js';
import { actHeld } from './power-server.js';
import { findOffer } from './regions.js';
import { requireServer, requireStillListed } from './servers.js';
import { requireSize, requireSizeSlug } from './sizes.js';
import type { Work } from './work.js';

export interface ResizedServer {
  readonly server: ServerEntry;
  readonly before: Droplet;
  readonly after: Droplet;
}

/**
 * Gives a server's droplet another size; it must be off. The disk stays as it is: one that grew could never shrink
 * again. A size that is left out is asked for.
 */
export async function resizeServer(
  wanted: string,
  sizeSlug: string | undefined,
  work: Work,
): Promise<ResizedServer> {
  const server = await requireServer(work, wanted);
  // Before the server is shut down for a size that does not exist.
  if (sizeSlug !== undefined) requireSizeSlug(sizeSlug);
  const { api, droplet } = await requireDropletOf(server, work);
  if (droplet.status !== 'off') throw isOn(server);
  const { sizes } = await findOffer(api, work);
  const offered = sizes.filter(({ regions }) => regions.includes(droplet.regionSlug));
  const fitting = offered.filter((size) => problemOf(size, droplet) === undefined);
  const size = await chooseSize(sizeSlug, droplet, offered, fitting, work);
  await work.face.confirm(resizeQuestion(server, droplet, size, wanted));
  await requireStillListed(server, work);
  const request = { type: 'resize', size: size.slug, disk: false } as const;
  const after = await actHeld(server, droplet, request, api, work);
  const [done, ...advice] = resizedLines(server, droplet, size);
  work.face.say(done, 'ok');
  for (const line of advice) work.face.say(line, 'advice');
  return { server, before: droplet, after };
}

async function chooseSize(
  slug: string | undefined,
  droplet: Droplet,
  offered: readonly Size[],
  fitting: readonly Size[],
  { face }: Work,
): Promise<Size> {
  if (slug === undefined) {
    if (fitting.length === 0) throw noOtherSize(droplet);
    return await face.choose(sizeQuestion(droplet, fitting));
  }
  const size = requireSize(slug, offered);
  const refused = problemOf(size, droplet);
  if (refused === undefined) return size;
  throw new InputError({
    code: 'size-unfit',
    message: `${size.slug} cannot be used: ${refused}`,
    hint: ['These can be:', ...sizeLines(fitting)],
  });
}

/** Why this droplet cannot have the size; undefined when it can. */
function problemOf({ slug, diskGb }: Size, droplet: Droplet): string | undefined {
  if (slug === droplet.sizeSlug) return 'it is the current size.';
  if (droplet.diskGb === undefined || diskGb >= droplet.diskGb) return undefined;
  return `its disk of ${diskGb} GB is smaller than the droplet’s, ${droplet.diskGb} GB.`;
}

function noOtherSize({ regionSlug }: Droplet): InputError {
  return new InputError({
    code: 'size-unfit',
    message: `${regionSlug} offers no other size whose disk is large enough for this droplet.`,
  });
}

function isOn(server: ServerEntry): InputError {
  return new InputError({
    code: 'droplet-is-on',
    message: `${server.label} has to be off before it can be resized.`,
    hint: [
      {
        lead: 'Shut it down first',
        command: 'servers.power',
        id: serverName(server),
        action: 'off',
      },
      'A droplet that is off is still billed.',
    ],
  });
}
