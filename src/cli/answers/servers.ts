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
  /** Of the panel server. */
  version: z.string().optional(),
  reason: z.string().optional(),
  code: z.string().optional(),
  lacks: z.enum(['client-certificate', 'password', 'confirmation', 'access']).optional(),
});

/** Line of `servers`. */
export const SERVER_ROW = ENTRY.extend({
  health: HEALTH,
  /** Of the admin certificate kept here. */
  certificateExpiresAt: z.iso.datetime().optional(),
});

export type ServerRow = z.output<typeof SERVER_ROW>;

/** A server after a change of its entry. */
export const SERVER = z.object({ server: ENTRY });
