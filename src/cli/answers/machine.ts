import { z } from 'zod';

/** Store of the secrets after a command. */
export const STORE = z.object({
  kind: z.string(),
  title: z.string(),
  status: z.enum(['ready', 'locked', 'missing']),
});

/** Line of `doctor`; with `--report` one object. */
export const FINDING = z.union([
  z.object({
    level: z.enum(['ok', 'note', 'problem']),
    name: z.string(),
    text: z.string(),
    hint: z.string().nullable(),
  }),
  z.object({ report: z.array(z.string()) }),
]);

/** Answer of `config check`. */
export const CONFIG = z.object({
  path: z.string(),
  exists: z.boolean(),
  problems: z.array(z.string()),
});

/** Environment for other clients of the sandbox. */
export const SANDBOX = z.object({
  variables: z.record(z.string(), z.string()),
  /** Way to droplets and panels, by CONNECT. */
  proxy: z.string(),
});
