import { count, dateOf } from './formats.js';
import type { CommandHint } from '../core/hint.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { serverName } from './servers.js';
import { DAY_MS } from '../core/time.js';

/** Days before its end at which a certificate is worth a word, and an alarm. */
const SOON_DAYS = 30;
const URGENT_DAYS = 7;

export interface Expiry {
  /** `certificate expires in 6 days` */
  readonly text: string;
  readonly isUrgent: boolean;
}

/** Undefined while there is time. */
export function expiryOf(notAfter: number, now: number): Expiry | undefined {
  const days = Math.floor((notAfter - now) / DAY_MS);
  if (days > SOON_DAYS) return undefined;
  if (notAfter <= now) return { text: 'certificate expired', isUrgent: true };
  const when = days === 0 ? 'today' : days === 1 ? 'in 1 day' : `in ${days} days`;
  return { text: `certificate expires ${when}`, isUrgent: days <= URGENT_DAYS };
}

/** Way to another certificate: a panel renews files alone. */
export function renewalHint(server: Pick<ServerEntry, 'id' | 'label' | 'authMethod'>): CommandHint {
  const command = server.authMethod === 'keychain' ? 'servers.recover' : 'certificate.renew';
  return { command, id: serverName(server) };
}

/** `2028-11-19 (723 days)`, and how near that is. */
export function expiryDate(
  at: number,
  now: number,
): { readonly text: string; readonly nearness: 'far' | 'soon' | 'urgent' } {
  const days = Math.floor((at - now) / DAY_MS);
  const when = at <= now ? 'expired' : days === 0 ? 'today' : count(days, 'day');
  const nearness = days > SOON_DAYS ? 'far' : days > URGENT_DAYS ? 'soon' : 'urgent';
  return { text: `${dateOf(at)} (${when})`, nearness };
}
