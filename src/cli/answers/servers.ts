import { z } from 'zod';

/** An entry of servers.json. */
export const ENTRY = z.object({
  id: z.string(),
  label: z.string(),
  panelUrl: z.string(),
  ip: z.string(),
  domain: z.string().optional(),
  provider: z.literal('digitalocean').optional(),
  /** Droplet id. */
  providerId: z.string().optional(),
  region: z.string().optional(),
  createdAt: z.string(),
  active: z.boolean(),
  authMethod: z.enum(['p12', 'keychain']),
  keychainIdentity: z.string().optional(),
  p12Path: z.string().optional(),
});

export type EntryAnswer = z.output<typeof ENTRY>;

/** Answer of a panel that was asked once. */
export const HEALTH = z.object({
  state: z.enum(['online', 'offline', 'certificate-needed', 'certificate-changed']),
  latencyMs: z.number().optional(),
  /** Version of the panel server. */
  version: z.string().optional(),
  reason: z.string().optional(),
  code: z.string().optional(),
  lacks: z.enum(['client-certificate', 'password', 'confirmation', 'access']).optional(),
});

/** Account of DigitalOcean that a droplet is in, as it was found last. */
export const ACCOUNT_OF = z.object({
  /** Name that it has here, `default` without one of its own; null where several may be meant. */
  name: z.string().nullable(),
  email: z.string(),
  /** Id of its team. */
  team: z.string().optional(),
  teamName: z.string().optional(),
});

/** Line of `servers`. */
export const SERVER_ROW = ENTRY.extend({
  /** Null: added by hand, or not known yet. */
  account: ACCOUNT_OF.nullable(),
  health: HEALTH,
  /** End of the admin certificate kept here. */
  certificateExpiresAt: z.iso.datetime().optional(),
});

export type ServerRow = z.output<typeof SERVER_ROW>;

/** A server after a change of its entry. */
export const SERVER = z.object({ server: ENTRY });

/** A server with its note; null: none. */
export const NOTED = z.object({ server: ENTRY, note: z.string().nullable() });

/** A droplet as a server of the list. */
export const ADOPTED = z.object({ server: ENTRY, health: HEALTH });

/** Droplets that were destroyed, with what was kept for their servers here. */
export const DESTROYED = z.object({
  destroyed: z.array(z.object({ id: z.string(), label: z.string(), dropletId: z.string() })),
});

/** Servers that are off the list, and run on. */
export const REMOVED = z.object({
  removed: z.array(z.object({ id: z.string(), label: z.string() })),
});

export const OPENED_PANEL = z.object({ server: ENTRY, opened: z.boolean() });

/** Domain that leads to a server; `records`: made in the account, or to be made where it is kept. */
export const SERVER_DOMAIN = z.object({
  server: ENTRY,
  domain: z.string(),
  records: z.enum(['made', 'left-alone', 'to-be-made']),
});

export const ONBOARDED = z.object({
  server: ENTRY,
  domain: z.string(),
  username: z.string(),
  /** Left out for one that was set earlier; it is in the credential store. */
  password: z.string().optional(),
  /** Second factor, shown once. */
  totpUri: z.string().optional(),
});

const COUNTED = z.object({ total: z.number(), used: z.number() }).optional();

export const STATUS = z.object({
  server: ENTRY,
  version: z.string().optional(),
  /** State of its set-up, in the panel's word; the rest is known once that is COMPLETED. */
  state: z.string(),
  stats: z
    .object({
      cpu: z.object({ usage: z.number() }).optional(),
      memory: COUNTED,
      disk: COUNTED,
      uptime: z.number().optional(),
    })
    .optional(),
  services: z
    .array(z.object({ name: z.string(), status: z.string(), uptime: z.string().nullish() }))
    .readonly()
    .optional(),
  certificates: z
    .array(z.object({ type: z.string(), domain: z.string().nullish(), expiresAt: z.string() }))
    .readonly()
    .optional(),
  renewsItself: z.boolean().optional(),
});

/** The unreadable servers.json. */
export const RESTORED = z.object({ kept: z.string() });

export const EXPORTED = z.object({ file: z.string(), servers: z.array(z.string()).readonly() });

export const IMPORTED = z.object({
  dryRun: z.boolean(),
  servers: z
    .array(z.object({ label: z.string(), action: z.enum(['add', 'replace', 'keep', 'refuse']) }))
    .readonly(),
});

export const CERTIFICATE = z.object({
  server: ENTRY,
  expiresAt: z.iso.datetime(),
  health: HEALTH.optional(),
});

/** Outcome of an update, one server a line. */
export const UPDATED = z.object({
  server: ENTRY,
  before: z.string().optional(),
  after: z.string().optional(),
  ending: z.enum(['updated', 'restarted', 'current', 'unchanged', 'down', 'failed', 'not-tried']),
  /** Code of what failed. */
  code: z.string().optional(),
});

export const PANEL_CERTIFICATE = z.object({
  server: ENTRY,
  /** Earlier state: `changed` and `unconfirmed` are confirmed now. */
  verdict: z.enum(['same', 'changed', 'public', 'unconfirmed']),
  sha256: z.string(),
});

export const POWERED = z.object({
  server: ENTRY,
  dropletStatus: z.enum(['new', 'active', 'off', 'archive']),
});

export const RESIZED = z.object({
  server: ENTRY,
  before: z.string(),
  after: z.string(),
  monthlyUsd: z.number().optional(),
});
