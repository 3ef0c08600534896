import type { z } from 'zod';

/** Answer of the panel; at most one of `body` (JSON), `html` and `file`, empty without. */
export interface PanelAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly html?: string;
  readonly file?: { readonly type: string; readonly name: string; readonly content: Buffer };
  readonly cookie?: string;
}

export function ok(body: unknown, status = 200): PanelAnswer {
  return { status, body };
}

/** Ends a handler with an error answer. */
export class Refusal extends Error {
  readonly answer: PanelAnswer;

  constructor(status: number, error: string, more: object = {}) {
    super(error);
    this.answer = { status, body: { error, ...more } };
  }
}

/** Reads a body or parameters; refuses with 400 and the panel's own form of issues. */
export function read<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const outcome = schema.safeParse(value, {
    error: (issue) => (issue.input === undefined ? 'Required' : undefined),
  });
  if (outcome.success) return outcome.data;
  const issues = outcome.error.issues.map(({ path, message }) => ({ path, message }));
  throw new Refusal(400, 'Validation failed', { details: { issues } });
}
