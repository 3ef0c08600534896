import type { WebSocket } from 'ws';
import type { z } from 'zod';

/** Caller as nginx reports it to the panel. */
export interface Caller {
  readonly role: 'nobody' | 'admin' | 'agent';
  /** Label of an agent. */
  readonly label?: string | undefined;
  /** Serial of the certificate; upper-case hex. */
  readonly serial?: string | undefined;
}

export interface RouteCall {
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly caller: Caller;
  readonly cookies: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `:name` stands for one part. */
  readonly path: string;
  /** `onboarding` closes when it is completed, `management` opens then. */
  readonly gate: 'always' | 'onboarding' | 'management';
  /** `admin`, or the capability that opens it to agents; any certificate without it. */
  readonly needs?: string;
  /** Answers without the cookie of the second factor. */
  readonly skipsTwoFactor?: boolean;
  readonly handle?: (call: RouteCall) => PanelAnswer | Promise<PanelAnswer>;
  /** Takes a WebSocket instead of a request. */
  readonly stream?: (socket: WebSocket, call: RouteCall) => void;
}

export interface FoundRoute {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): FoundRoute | undefined {
  const parts = path.split('/');
  for (const route of routes) {
    if (route.method !== method) continue;
    const params = match(route.path.split('/'), parts);
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function match(
  pattern: readonly string[],
  parts: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, wanted] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (wanted.startsWith(':')) params[wanted.slice(1)] = decodeURIComponent(part);
    else if (wanted !== part) return undefined;
  }
  return params;
}

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
