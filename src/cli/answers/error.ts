import { z } from 'zod';

/** The one line that a command with `--json` writes when it fails, and the last one of a stream that breaks. */
export const ERROR = z.object({
  error: z.object({
    code: z.string().regex(/^[a-z0-9-]+$/),
    message: z.string(),
    /** The way out, as text. */
    hint: z.string().nullable(),
  }),
});

export type ErrorAnswer = z.output<typeof ERROR>;
