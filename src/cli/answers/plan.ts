import { z } from 'zod';

/** Answer of each command to `--dry-run`: all that it would do, in its order. */
export const PLAN = z.object({
  dryRun: z.literal(true),
  changes: z.array(
    z.object({
      action: z.enum(['create', 'change', 'delete']),
      kind: z.enum([
        'droplet',
        'ssh-key',
        'host-key',
        'tag',
        'domain',
        'dns-record',
        'dns-records',
        'credential',
        'file',
        'keychain-identity',
        'server-entry',
      ]),
      /** Left out for what does not exist yet. */
      id: z.string().optional(),
      name: z.string().optional(),
      /** Facts in words. */
      detail: z.string().optional(),
      /** Deleted again by the same command. */
      temporary: z.boolean(),
      /** Change of the costs a month, USD; null: the price is unknown. */
      monthlyUsd: z.number().nullable(),
    }),
  ),
  /** Sum of them; null where a price is unknown. */
  monthlyUsd: z.number().nullable(),
});

export type PlanAnswer = z.output<typeof PLAN>;
