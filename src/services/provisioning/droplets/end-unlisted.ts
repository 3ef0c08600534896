import { randomUUID } from 'node:crypto';
import { panelAddress } from '../../../core/domain.js';
import { messageOf } from '../../../core/errors.js';
import { freeLabel, LABEL_MAX_LENGTH, labelProblem } from '../../../core/label.js';
import { MANAGED_TAG, NAME_PREFIX, PANEL_PORT, PRODUCT } from '../../../core/product.js';
import type { Clock } from '../../../core/time.js';
import {
  type DigitalOceanApi,
  type Droplet,
  requirePublicAddress,
} from '../../digitalocean/api.js';
import type { Registry, ServerEntry } from '../../registry/registry.js';
import { destroyDroplet, type OnWaiting } from './destroy-droplet.js';
import { ProvisioningError } from '../errors.js';
import { operationKeyName, operationTag } from '../worker/step.js';
import { ownerOf, type UnlistedDroplet, unfinished } from './unlisted.js';
import type { Timing } from '../timing.js';

/** Facts of an adopted droplet beside its own. */
export interface AdoptWish {
  /** Default: made of the droplet's name. */
  readonly label?: string | undefined;
  /** Domain of a panel that is set up. */
  readonly domain?: string | undefined;
}

/**
 * Takes an unlisted droplet into servers.json, inactive and without a certificate, which has to be imported. Its tags
 * stay. Rejects with `operation-unfinished` while its operation answers for it.
 */
export async function adoptUnlisted(
  unlisted: UnlistedDroplet,
  options: {
    readonly registry: Registry;
    readonly clock: Clock;
    /** See ProvisioningPorts. */
    readonly apiIsLoopback: boolean;
  },
  { label, domain }: AdoptWish = {},
): Promise<ServerEntry> {
  const { registry, clock, apiIsLoopback } = options;
  const owner = ownerOf(unlisted);
  if (owner !== undefined) throw unfinished(owner);
  const { droplet } = unlisted;
  const ip = requirePublicAddress(requireAddress(droplet), apiIsLoopback);
  const servers = await registry.list();
  const entry: ServerEntry = {
    id: randomUUID(),
    label: label ?? suggestedLabel(droplet, servers),
    panelUrl: domain === undefined ? `https://${ip}:${PANEL_PORT}` : panelAddress(domain),
    ip,
    ...(domain === undefined ? {} : { domain }),
    provider: 'digitalocean',
    providerId: String(droplet.id),
    region: droplet.regionSlug,
    createdAt: isoDate(droplet.createdAt) ?? new Date(clock.now()).toISOString(),
    active: false,
    authMethod: 'p12',
  };
  await registry.add(entry);
  return entry;
}

/**
 * Destroys the droplet, only with the managed tag, and then what its operation left in the account. `absent` when it
 * was gone already. Rejects with `operation-unfinished` while its operation answers for it, and with
 * `droplet-traces-left` when only the droplet could be removed.
 */
export async function destroyUnlisted(
  unlisted: UnlistedDroplet,
  options: {
    readonly api: DigitalOceanApi;
    readonly clock: Clock;
    readonly timing: Timing;
    readonly onWaiting?: OnWaiting | undefined;
    readonly signal: AbortSignal;
  },
): Promise<'removed' | 'absent'> {
  const owner = ownerOf(unlisted);
  if (owner !== undefined) throw unfinished(owner);
  const { droplet, operationId } = unlisted;
  const outcome = await destroyDroplet(droplet.id, { ...options, requiredTags: [MANAGED_TAG] });
  if (operationId === undefined) return outcome;
  try {
    await removeTraces(operationId, droplet, options);
  } catch (error) {
    options.signal.throwIfAborted();
    throw tracesLeft(droplet, operationId, error);
  }
  return outcome;
}

/** Removes the other resources of its operation: the temporary key and the tag. */
async function removeTraces(
  operationId: string,
  droplet: Droplet,
  { api, signal }: { readonly api: DigitalOceanApi; readonly signal: AbortSignal },
): Promise<void> {
  const keys = await api.listSshKeys(signal);
  for (const { id, name } of keys) {
    if (name === operationKeyName(operationId)) await api.deleteSshKey(id, signal);
  }
  // Another droplet may carry it: then it is needed.
  const tag = operationTag(operationId);
  if ((await api.listDroplets({ tag }, signal)).every(({ id }) => id === droplet.id)) {
    await api.deleteTag(tag, signal);
  }
}

/** A label that is free, made of the droplet's name. */
export function suggestedLabel(
  { name }: Pick<Droplet, 'name'>,
  servers: readonly Pick<ServerEntry, 'label'>[],
): string {
  const taken = servers.map(({ label }) => label);
  return freeLabel(labelFrom(name), taken);
}

/** The droplet's name without our prefix, made valid. */
function labelFrom(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(new RegExp(`^${NAME_PREFIX}`), '')
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, LABEL_MAX_LENGTH)
    .replace(/-+$/, '');
  return labelProblem(plain) === undefined ? plain : PRODUCT;
}

function requireAddress({ id, name, publicIpv4 }: Droplet): string {
  if (publicIpv4 !== undefined) return publicIpv4;
  throw new ProvisioningError({
    code: 'droplet-without-address',
    message: `Droplet ${id} (${name}) has no public address, so it cannot be a server of this list.`,
    hint: 'If it is new, try again in a minute; else destroy it.',
  });
}

function isoDate(text: string): string | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

function tracesLeft({ id, name }: Droplet, operationId: string, cause: unknown): ProvisioningError {
  return new ProvisioningError({
    code: 'droplet-traces-left',
    message: `Droplet ${id} (${name}) is destroyed, but its SSH key or its tag may remain: ${messageOf(cause)}`,
    hint: `It costs nothing. In the DigitalOcean console delete the SSH key ${operationKeyName(operationId)} and the tag ${operationTag(operationId)}, if they exist.`,
    cause,
  });
}
