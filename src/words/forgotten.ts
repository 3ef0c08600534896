import type { ReservedAddress, Snapshot } from '../services/digitalocean/api.js';

export const REMOVE_SNAPSHOT =
  'If it is not needed, delete it: https://cloud.digitalocean.com/images/snapshots/droplets';
export const RELEASE_ADDRESS =
  'If it is not needed, release it: https://cloud.digitalocean.com/networking/reserved_ips';

/** `managed`: ids of the managed droplets that exist. */
export function forgottenSnapshotText(
  { name, dropletId, sizeGb }: Snapshot,
  managed: ReadonlySet<number>,
): string {
  const isThere = dropletId !== undefined && managed.has(dropletId);
  const origin = isThere ? `droplet ${dropletId}` : 'a droplet that is gone';
  return `snapshot ${name} of ${origin}, ${sizeGb} GB, is billed as long as it exists`;
}

export function forgottenAddressText({ ip, regionSlug }: ReservedAddress): string {
  return `reserved address ${ip} in ${regionSlug} is not assigned to a droplet and is still billed`;
}
