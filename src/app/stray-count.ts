import { monthly } from '../core/price.js';
import { ownerOf, type Stray } from '../services/provisioning/droplets/strays.js';

/** `2 strays cost $8/month; 1 server has no droplet any more`; undefined when there is neither. */
export function countText({
  strays,
  gone,
}: {
  readonly strays: readonly Stray[];
  /** Servers whose droplet is not there any more. */
  readonly gone: readonly unknown[];
}): string | undefined {
  const unowned = strays.filter((stray) => ownerOf(stray) === undefined);
  const usd = unowned.reduce((sum, { droplet }) => sum + (droplet.priceMonthlyUsd ?? 0), 0);
  const many = unowned.length === 1 ? '1 stray costs' : `${unowned.length} strays cost`;
  const without = gone.length === 1 ? '1 server has' : `${gone.length} servers have`;
  const parts = [
    ...(unowned.length === 0 ? [] : [`${many} ${usd === 0 ? 'money' : monthly(usd)}`]),
    ...(gone.length === 0 ? [] : [`${without} no droplet any more`]),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

/** What is said when there is neither. */
export const NO_STRAYS = 'those of DigitalOcean are those of the list';
