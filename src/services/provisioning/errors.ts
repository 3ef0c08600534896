import { InputError, messageOf, PortlamaError, quoted } from '../../core/errors.js';
import { joinHints } from '../../core/hint.js';
import type { Region, Size } from '../digitalocean/api.js';
import type { Resource } from './journal/records.js';

/** A provisioning could not be started, continued or finished. */
export class ProvisioningError extends PortlamaError {
  override readonly name = 'ProvisioningError';
}

/** No operation of this home folder has this id, or it is none. */
export function unknownOperation(id: string): InputError {
  return new InputError({
    code: 'operation-unknown',
    message: `There is no operation ${quoted(id)}.`,
    hint: { command: 'operations' },
  });
}

/** Refuses every region at once. */
export function noRegion(size: string): ProvisioningError {
  return new ProvisioningError({
    code: 'region-none',
    message: `No region offers the size ${size} at the moment.`,
    hint: 'Try again later, or ask DigitalOcean’s support whether your account may use it.',
  });
}

/** Refuses a region that is closed, or does not offer the size (CONTRACT.md, regions). */
export function requireOffered(
  regions: readonly Pick<Region, 'slug' | 'available' | 'sizes'>[],
  { region, size }: { readonly region: string; readonly size: string },
): void {
  const usable = regions.filter(({ available, sizes }) => available && sizes.includes(size));
  if (usable.length === 0) throw noRegion(size);
  if (usable.some(({ slug }) => slug === region)) return;
  throw new ProvisioningError({
    code: 'region-unavailable',
    message: `The region ${region} does not offer the size ${size}.`,
    hint: `Regions that do: ${usable.map(({ slug }) => slug).join(', ')}.`,
  });
}

/** The monthly price of a size that a region offers, USD. Throws like `requireOffered`, and `size-missing`. */
export function requirePrice(
  regions: readonly Region[],
  sizes: readonly Size[],
  wanted: { readonly region: string; readonly size: string },
): number {
  requireOffered(regions, wanted);
  const size = sizes.find(({ slug }) => slug === wanted.size);
  if (size !== undefined) return size.priceMonthlyUsd;
  throw new ProvisioningError({
    code: 'size-missing',
    message: `DigitalOcean does not offer the size ${wanted.size} to this account.`,
    hint: 'Try again later, or ask DigitalOcean why the size is missing.',
  });
}

/** The person, or SIGTERM, asked the worker to stop. */
export class CancelledError extends ProvisioningError {
  constructor() {
    super({ code: 'cancelled', message: 'The provisioning was cancelled.' });
  }
}

/** Journal that could not be written to its end. Includes the outcome of the operation. */
export class JournalLostError extends ProvisioningError {
  constructor(isServerSaved: boolean, leftovers: readonly Resource[], cause: unknown) {
    const end = isServerSaved
      ? 'The server is saved and online.'
      : 'Nothing that was created remains.';
    const left = leftovers.map(({ kind, id }) => `${kind} ${id}`);
    const how = left.length === 0 ? end : `Remove this by hand: ${left.join(', ')}.`;
    super({
      code: 'journal-lost',
      message: `${messageOf(cause)} ${how}`,
      hint: joinHints(
        ...leftovers.map(({ removeBy }) => removeBy),
        'Once the folder can be written again, the next start finishes the operation’s journal.',
      ),
      cause,
    });
  }
}

/** Reports credentials of an earlier step that are no longer stored. */
export function credentialsLost(store: string): ProvisioningError {
  return new ProvisioningError({
    code: 'credentials-lost',
    message: `The certificate or its password is no longer there (${store}).`,
  });
}
