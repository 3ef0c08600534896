import { z } from 'zod';
import { ENTRY } from './servers.js';

/** Id of a step: `create_droplet`. */
const STEP = z.string().regex(/^[a-z][a-z_]*$/);

/** Line of the desktop app's progress protocol. */
export const EVENT = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('step'),
    step: STEP,
    status: z.enum(['running', 'done']),
    data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  }),
  z.object({
    event: z.literal('error'),
    step: STEP,
    message: z.string(),
    /** Everything that was made is removed. */
    recoverable: z.boolean(),
  }),
  z.object({ event: z.literal('complete'), server: ENTRY }),
]);

const LEFTOVER = z.object({
  kind: z.string(),
  id: z.string(),
  monthlyUsd: z.number(),
  /** Instructions to remove it. */
  removeBy: z.string(),
  byHand: z.boolean().optional(),
});

/** Line of `operations`; of a dismissed one the history keeps less. */
export const OPERATION = z.object({
  id: z.string(),
  serverId: z.string().optional(),
  label: z.string(),
  region: z.string(),
  size: z.string().optional(),
  status: z.enum([
    'running',
    'cleaning-up',
    'interrupted',
    'out-of-sight',
    'failed',
    'failed-with-leftovers',
    'succeeded',
  ]),
  cancelled: z.boolean(),
  /** Current step, or the one that failed. */
  step: STEP.optional(),
  /** Work on a server that exists; a provisioning when left out. */
  kind: z.string().optional(),
  dismissed: z.boolean().optional(),
  /** Length of each step of a dismissed one that succeeded, ms. */
  steps: z.record(z.string(), z.number()).optional(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  error: z
    .object({
      step: STEP.optional(),
      code: z.string().optional(),
      message: z.string(),
      hint: z.string().optional(),
    })
    .optional(),
  leftovers: z.array(LEFTOVER).optional(),
  server: ENTRY.partial().optional(),
});

/** The record that is dropped. */
export const DISMISSED = z.object({ id: z.string() });
