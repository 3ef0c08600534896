import { createHash } from 'node:crypto';
import type { AccountBody } from '../fixtures.js';
import type { Droplet } from './droplet.js';

export interface Key {
  readonly id: number;
  name: string;
  readonly publicKey: string;
  /** MD5, colon-separated. */
  readonly fingerprint: string;
  /** Monotonic: droplets can be created with it from then on. */
  readonly usableAt: number;
}

/** Resources visible to the tokens of one team. */
export interface Team {
  readonly name: string;
  readonly account: AccountBody;
  readonly droplets: Map<number, Droplet>;
  readonly keys: Map<number, Key>;
  readonly tags: Set<string>;
}

/** The account with an id of this team, which nothing else tells apart where teams have the same owner. */
export function emptyTeam(name: string, account: AccountBody): Team {
  const uuid = createHash('sha1').update(name).digest('hex');
  const own = { ...account, team: { ...account.team, uuid } };
  return { name, account: own, droplets: new Map(), keys: new Map(), tags: new Set() };
}

/** Droplets that still exist, oldest first. */
export function existingDroplets(team: Team, now: number): Droplet[] {
  return [...team.droplets.values()].filter((droplet) => droplet.exists(now));
}
