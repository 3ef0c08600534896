import { InputError, quoted } from '../core/errors.js';
import type { Size } from '../services/digitalocean/api.js';
import { noRegion } from '../services/provisioning/errors.js';
import { findOffer, requireRegion, requireRegionSlug } from './regions.js';
import { openApi } from './token.js';
import type { KeyWork } from './work.js';

/** Sizes that a server can have, cheapest first; with a region only those that it offers. Throws `region-invalid`. */
export async function listSizes(
  region: string | undefined,
  work: KeyWork,
): Promise<readonly Size[]> {
  // A blank is none: the first region is what a prompt takes it for.
  if (region === '') requireRegionSlug(region);
  const { regions, sizes } = await findOffer(await openApi(work), work);
  if (region === undefined) return sizes;
  const { sizes: slugs } = requireRegion(region, regions);
  return sizes.filter(({ slug }) => slugs.includes(slug));
}

/** One of these sizes, by its slug. Throws `size-invalid`, or `region-none` for one that exists nowhere at the moment. */
export function requireSize(typed: string, sizes: readonly Size[]): Size {
  const size = sizes.find(({ slug }) => slug === requireSizeSlug(typed));
  if (size !== undefined) return size;
  throw noRegion(typed);
}

/** The slug itself, if it has the form of one: DigitalOcean is asked for it before anything is made. */
export function requireSizeSlug(slug: string): string {
  if (/^s-\d+vcpu-\d+(?:mb|gb)(?:-\d+gb)?$/.test(slug)) return slug;
  throw new InputError({
    code: 'size-invalid',
    message: `${quoted(slug)} is not a server size.`,
    hint: [
      'A size is a slug such as s-1vcpu-1gb: a basic droplet, without -amd and -intel.',
      { command: 'sizes' },
    ],
  });
}
