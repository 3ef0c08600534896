import { z } from 'zod';

/** Line of `sizes`. */
export const SIZE = z.object({
  slug: z.string(),
  memoryMb: z.number(),
  vcpus: z.number(),
  diskGb: z.number(),
  monthlyUsd: z.number(),
  regions: z.array(z.string()),
});

export type SizeAnswer = z.output<typeof SIZE>;

/** Line of `regions`. */
export const REGION = z.object({
  slug: z.string(),
  name: z.string(),
  /** Null: it could not be measured. */
  latencyMs: z.number().nullable(),
  /** Slugs of the sizes for a server that it offers. */
  sizes: z.array(z.string()),
});

export type RegionAnswer = z.output<typeof REGION>;

/** Line of `domains`. */
export const DOMAIN = z.object({
  name: z.string(),
  ttl: z.number().nullable(),
  /** Name that its account has here; null where there is one alone. */
  account: z.string().nullable(),
});

export type DomainAnswer = z.output<typeof DOMAIN>;

/** Line of `droplets`. */
export const DROPLET = z.object({
  id: z.number(),
  name: z.string(),
  status: z.enum(['new', 'active', 'off', 'archive']),
  region: z.string(),
  size: z.string(),
  address: z.string().nullable(),
  monthlyUsd: z.number().nullable(),
  createdAt: z.string(),
  /** Label of its server. */
  server: z.string().nullable(),
  /** Id of the provisioning that answers for it. */
  operation: z.string().nullable(),
  unlisted: z.boolean(),
  /** Name that its account has here; null where there is one alone. */
  account: z.string().nullable(),
});

export type DropletAnswer = z.output<typeof DROPLET>;

/** Line of `ssh-keys`. */
export const SSH_KEY = z.object({ name: z.string(), sha256: z.string(), publicKey: z.string() });

export type SshKeyAnswer = z.output<typeof SSH_KEY>;

export const DESTROYED_DROPLET = z.object({
  dropletId: z.number(),
  droplet: z.enum(['removed', 'absent']),
  monthlyUsd: z.number().optional(),
});

const FINDING = z.object({ code: z.string(), message: z.string() });

export const TOKEN = z.object({
  ok: z.boolean(),
  valid: z.boolean(),
  email: z.string().optional(),
  dropletsUsed: z.number().optional(),
  dropletLimit: z.number().optional(),
  expiresInDays: z.number().optional(),
  missing: z.array(z.string()).readonly(),
  dangerous: z.array(z.string()).readonly(),
  unverified: z.array(z.string()).readonly(),
  problems: z.array(FINDING).readonly(),
  warnings: z.array(FINDING).readonly(),
});

export type TokenAnswer = z.output<typeof TOKEN>;

export const TOKEN_FORGOTTEN = z.object({ deleted: z.boolean() });
