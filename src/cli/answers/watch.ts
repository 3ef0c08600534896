import { z } from 'zod';
import { ACCOUNT_OF } from './servers.js';

const TOLD = {
  /** Stable: an event told again after a crash has it again. */
  id: z.string(),
  at: z.iso.datetime(),
  text: z.string(),
};
const PANEL_STATE = z.enum(['online', 'offline', 'certificate-needed', 'certificate-changed']);
const DROPLET_STATE = z.enum(['new', 'active', 'off', 'archive', 'absent']);

/** Line of `watch`. */
export const WATCH_EVENT = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('health'),
    ...TOLD,
    server: z.object({
      id: z.string(),
      label: z.string(),
      panelUrl: z.string(),
      region: z.string().nullable(),
      /** Null: added by hand, or not known yet. */
      account: ACCOUNT_OF.nullable(),
    }),
    state: PANEL_STATE,
    /** Null: seen for the first time. */
    before: PANEL_STATE.nullable(),
    beforeSince: z.iso.datetime().nullable(),
    /** True when no watch ran at that time. */
    late: z.boolean(),
    reason: z.string().nullable(),
    latencyMs: z.number().nullable(),
    version: z.string().nullable(),
  }),
  z.object({
    event: z.literal('droplet'),
    ...TOLD,
    droplet: z.object({
      id: z.number(),
      name: z.string(),
      region: z.string(),
      address: z.string().nullable(),
      /** Name that its account has here; null where there is one alone. */
      account: z.string().nullable(),
    }),
    /** Null: in no list. */
    server: z.object({ id: z.string(), label: z.string() }).nullable(),
    state: DROPLET_STATE,
    before: DROPLET_STATE.nullable(),
  }),
]);
