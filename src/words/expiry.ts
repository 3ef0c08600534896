import { count, dateOf } from './formats.js';
import type { CommandHint } from '../core/hint.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { serverName } from './servers.js';
import { DAY_MS, inDays } from '../core/time.js';

/** Days before its end at which a certificate is worth a word, and an alarm. */
const SOON_DAYS = 30;
const URGENT_DAYS = 7;

export interface Expiry {
  /** `certificate expires in 6 days` */
  readonly text: string;
  /** For a column: `6 days`, `expired`. */
  readonly short: string;
  readonly isUrgent: boolean;
  readonly isOver: boolean;
}

/** Undefined while there is time. */
export function expiryOf(notAfter: number, now: number): Expiry | undefined {
  const days = Math.floor((notAfter - now) / DAY_MS);
  if (days > SOON_DAYS) return undefined;
  if (notAfter <= now)
    return { text: 'certificate expired', short: 'expired', isUrgent: true, isOver: true };
  const short = days === 0 ? 'today' : count(days, 'day');
  const text = `certificate expires ${days === 0 ? short : `in ${short}`}`;
  return { text, short, isUrgent: days <= URGENT_DAYS, isOver: false };
}

/** `1 certificate expired`, `2 certificates expire soon`, `1 certificate expired, 2 expire soon`; of one at least. */
export function expiringText(expiries: readonly Expiry[]): string {
  const over = expiries.filter(({ isOver }) => isOver).length;
  const soon = expiries.length - over;
  const expire = soon === 1 ? 'expires soon' : 'expire soon';
  if (over === 0) return `${count(soon, 'certificate')} ${expire}`;
  const expired = `${count(over, 'certificate')} expired`;
  return soon === 0 ? expired : `${expired}, ${soon} ${expire}`;
}

/** `3 certs. due`, for a narrow terminal. */
export function expiringNarrow({ length }: readonly Expiry[]): string {
  return `${count(length, 'cert', 'certs')}. due`;
}

/** `days`: whole days that are left of a token. */
export function tokenExpiry(days: number): Pick<Expiry, 'text' | 'isUrgent'> {
  return { text: `token expires ${inDays(days)}`, isUrgent: days <= URGENT_DAYS };
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
