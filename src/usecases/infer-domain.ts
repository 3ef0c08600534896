import { panelAddress } from '../core/domain.js';
import { isAbort } from '../core/errors.js';
import type { DigitalOceanApi, DnsRecord } from '../services/digitalocean/api.js';
import type { OpenAccount } from './open-accounts.js';
import type { KeyWork } from './work.js';

/** More zones than these are not searched: each costs a call. */
const MAX_ZONES = 20;

/**
 * Finds the domain of a droplet whose panel is set up: by the A records of the zones in these accounts that hold its address, of
 * which exactly one must have a panel with a valid certificate. Undefined where there is none, or the token may not look.
 */
export async function inferDomain(
  address: string,
  accounts: readonly OpenAccount[],
  work: KeyWork,
): Promise<string | undefined> {
  const found: string[] = [];
  const names = await Promise.all(accounts.map(({ api }) => namesOf(address, api, work)));
  for (const domain of new Set(names.flat()))
    if (await hasPanel(domain, address, work)) found.push(domain);
  return found.length === 1 ? found[0] : undefined;
}

async function namesOf(
  address: string,
  api: DigitalOceanApi,
  { signal }: KeyWork,
): Promise<readonly string[]> {
  try {
    const names = new Set<string>();
    for (const { name: zone } of (await api.listDomains(signal)).slice(0, MAX_ZONES)) {
      for (const { type, name, data } of await api.listRecords(zone, signal))
        if (type === 'A' && data === address) names.add(domainOf({ name }, zone));
    }
    return [...names];
  } catch (error) {
    if (isAbort(error)) throw error;
    return [];
  }
}

/** The domain that a record is for: `*.lab` and `panel.lab` are for `lab` as well. */
function domainOf({ name }: Pick<DnsRecord, 'name'>, zone: string): string {
  const plain = name.replace(/^(?:\*|panel)(?:\.|$)/, '');
  return plain === '' || plain === '@' ? zone : `${plain}.${zone}`;
}

/** True for a Portlama panel of that name at that address, with a certificate that needs no confirmation. */
async function hasPanel(domain: string, address: string, work: KeyWork): Promise<boolean> {
  const { panels, signal } = work;
  try {
    const url = panelAddress(domain);
    const shown = await panels.inspect(url, { labels: [], signal });
    return shown.isPortlama && shown.trust === 'public' && shown.address === address;
  } catch (error) {
    if (isAbort(error)) throw error;
    return false;
  }
}
