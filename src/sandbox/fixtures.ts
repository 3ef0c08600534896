import accountLocked from './fixtures/account-locked.json' with { type: 'json' };
import accountUnverified from './fixtures/account-unverified.json' with { type: 'json' };
import accountWarning from './fixtures/account-warning.json' with { type: 'json' };
import account from './fixtures/account.json' with { type: 'json' };
import endpointsScopes from './fixtures/endpoints-scopes.json' with { type: 'json' };
import error400Tag from './fixtures/error-400-tag.json' with { type: 'json' };
import error401 from './fixtures/error-401.json' with { type: 'json' };
import error403Scope from './fixtures/error-403-scope.json' with { type: 'json' };
import error404 from './fixtures/error-404.json' with { type: 'json' };
import error422AccountFinalizing from './fixtures/error-422-account-finalizing.json' with { type: 'json' };
import error422DropletLimit from './fixtures/error-422-droplet-limit.json' with { type: 'json' };
import error422ImageInvalid from './fixtures/error-422-image-invalid.json' with { type: 'json' };
import error422Name from './fixtures/error-422-name.json' with { type: 'json' };
import error422PendingEvent from './fixtures/error-422-pending-event.json' with { type: 'json' };
import error422RegionInvalid from './fixtures/error-422-region-invalid.json' with { type: 'json' };
import error422RegionUnavailable from './fixtures/error-422-region-unavailable.json' with { type: 'json' };
import error422SizeInvalid from './fixtures/error-422-size-invalid.json' with { type: 'json' };
import error422SizeRegion from './fixtures/error-422-size-region.json' with { type: 'json' };
import error422SshKeyDuplicate from './fixtures/error-422-ssh-key-duplicate.json' with { type: 'json' };
import error422SshKeyInvalid from './fixtures/error-422-ssh-key-invalid.json' with { type: 'json' };
import error422SshKeyUnknown from './fixtures/error-422-ssh-key-unknown.json' with { type: 'json' };
import error429Burst from './fixtures/error-429-burst.json' with { type: 'json' };
import error429Hourly from './fixtures/error-429-hourly.json' with { type: 'json' };
import error500 from './fixtures/error-500.json' with { type: 'json' };
import image from './fixtures/image-ubuntu-24-04.json' with { type: 'json' };
import manifest from './fixtures/manifest.json' with { type: 'json' };
import regions from './fixtures/regions.json' with { type: 'json' };
import sizes from './fixtures/sizes.json' with { type: 'json' };

/** The catalogue, as DigitalOcean answers it. */
export const REGIONS = regions.regions;
export const SIZES = sizes.sizes;
export const IMAGES = [image.image];
export type RegionBody = (typeof REGIONS)[number];
export type SizeBody = (typeof SIZES)[number];
export type ImageBody = (typeof IMAGES)[number];

export type AccountBody = typeof account.account;
export const ACCOUNTS = {
  active: account.account,
  locked: accountLocked.account,
  unverified: accountUnverified.account,
  warning: accountWarning.account,
} satisfies Record<string, AccountBody>;

/** Error bodies by the name of their file. */
export const ERRORS = {
  'error-400-tag': error400Tag,
  'error-401': error401,
  'error-403-scope': error403Scope,
  'error-404': error404,
  'error-422-account-finalizing': error422AccountFinalizing,
  'error-422-droplet-limit': error422DropletLimit,
  'error-422-image-invalid': error422ImageInvalid,
  'error-422-name': error422Name,
  'error-422-pending-event': error422PendingEvent,
  'error-422-region-invalid': error422RegionInvalid,
  'error-422-region-unavailable': error422RegionUnavailable,
  'error-422-size-invalid': error422SizeInvalid,
  'error-422-size-region': error422SizeRegion,
  'error-422-ssh-key-duplicate': error422SshKeyDuplicate,
  'error-422-ssh-key-invalid': error422SshKeyInvalid,
  'error-422-ssh-key-unknown': error422SshKeyUnknown,
  'error-429-burst': error429Burst,
  'error-429-hourly': error429Hourly,
  'error-500': error500,
} as const;
export type ErrorName = keyof typeof ERRORS;
export const ERROR_NAMES = Object.keys(ERRORS) as [ErrorName, ...ErrorName[]];

/** The status that goes with an error body. */
export function statusOfError(name: ErrorName): number {
  const entry = manifest.find((candidate) => candidate.file === `${name}.json`);
  return entry?.status ?? 500;
}

/** Every endpoint with its scopes: the outer list holds alternatives, the inner ones what is needed together. */
export const ENDPOINTS: readonly {
  readonly method: string;
  readonly path: string;
  readonly scopes: readonly (readonly string[])[];
}[] = endpointsScopes.endpoints;

export const ALL_SCOPES: readonly string[] = endpointsScopes.all_scopes_in_spec;
