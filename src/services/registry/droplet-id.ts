import type { ServerEntry } from './registry.js';

/** The id of its droplet; undefined for a server that was added by hand, and where the file holds none that is valid. */
export function dropletIdOf({ provider, providerId }: ServerEntry): number | undefined {
  const id = Number(providerId);
  return provider === 'digitalocean' && Number.isSafeInteger(id) && id > 0 ? id : undefined;
}
