import { isAbort, messageOf } from '../core/errors.js';
import { MANAGED_TAG, NAME_PREFIX } from '../core/product.js';
import { ApiError } from '../services/digitalocean/api-error.js';
import type { DigitalOceanApi, ReservedAddress, Snapshot } from '../services/digitalocean/api.js';
import {
  forgottenAddressText,
  forgottenSnapshotText,
  RELEASE_ADDRESS,
  REMOVE_SNAPSHOT,
} from '../words/forgotten.js';
import type { Advice } from './advice.js';
import type { OpenAccount } from './open-accounts.js';

/** Things that stay, and cost, when a droplet goes. */
export interface Forgotten {
  /** Snapshots of managed droplets, including deleted ones. */
  readonly snapshots: readonly Snapshot[];
  /** Addresses that no droplet has. */
  readonly addresses: readonly ReservedAddress[];
  /** Why one of the two could not be read, where the token may read it. */
  readonly problems: readonly string[];
}

/** Looks for them; what the token may not read counts as none. `managed`: ids of the managed droplets that exist. */
export async function findForgotten(
  api: DigitalOceanApi,
  managed: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<Forgotten> {
  const problems: string[] = [];
  const ifAllowed = async <T>(read: Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await read;
    } catch (error) {
      if (isAbort(error)) throw error;
      if (!(error instanceof ApiError && error.code === 'scope-missing'))
        problems.push(messageOf(error));
      return [];
    }
  };
  const [snapshots, addresses] = await Promise.all([
    ifAllowed(api.listSnapshots(signal)),
    ifAllowed(api.listReservedAddresses(signal)),
  ]);
  return {
    snapshots: snapshots.filter((snapshot) => isOurs(snapshot, managed)),
    addresses: addresses.filter(({ dropletId }) => dropletId === undefined),
    problems,
  };
}

/** Like `findForgotten`, in all these accounts. */
export async function findAllForgotten(
  accounts: readonly OpenAccount[],
  managed: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<Forgotten> {
  const found = await Promise.all(
    accounts.map(async ({ name, api }) => {
      const { problems, ...rest } = await findForgotten(api, managed, signal);
      const isOne = accounts.length === 1;
      return { ...rest, problems: isOne ? problems : problems.map((text) => `${name}: ${text}`) };
    }),
  );
  return {
    snapshots: found.flatMap(({ snapshots }) => snapshots),
    addresses: found.flatMap(({ addresses }) => addresses),
    problems: found.flatMap(({ problems }) => problems),
  };
}

/** DigitalOcean names a snapshot after its droplet; of one that is gone the name is all there is. */
function isOurs({ dropletId, name, tags }: Snapshot, managed: ReadonlySet<number>): boolean {
  if (dropletId !== undefined && managed.has(dropletId)) return true;
  return tags.includes(MANAGED_TAG) || name.startsWith(NAME_PREFIX);
}

/** One line each, with the page where it is removed. DigitalOcean's API says no price. */
export function forgottenAdvice(
  { snapshots, addresses, problems }: Forgotten,
  managed: ReadonlySet<number>,
): readonly Advice[] {
  return [
    ...snapshots.map((snapshot) => ({
      text: forgottenSnapshotText(snapshot, managed),
      todo: [REMOVE_SNAPSHOT],
    })),
    ...addresses.map((address) => ({
      text: forgottenAddressText(address),
      todo: [RELEASE_ADDRESS],
    })),
    ...problems.map((text) => ({ text, todo: [] })),
  ];
}
