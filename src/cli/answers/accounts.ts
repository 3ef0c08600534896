import { z } from 'zod';

/** Line of `token list`, and answer of `token add` and `token use`. */
export const ACCOUNT = z.object({
  name: z.string(),
  /** Null: not known. */
  email: z.string().nullable(),
  current: z.boolean(),
  hasToken: z.boolean(),
  /** Null: it does not expire, or is not known. */
  expiresInDays: z.number().nullable(),
  /** Why DigitalOcean did not answer for it; null when it did. */
  problem: z.string().nullable(),
});

export type AccountAnswer = z.output<typeof ACCOUNT>;
