import { z } from 'zod';
import { ERROR_NAMES } from '../fixtures.js';

/** Selects the calls to fail. Omitted fields match anything. */
const MATCH = z.object({
  /** `GET`; `CONNECT` for the way to droplets and regions. */
  method: z.string().optional(),
  /** Path without query (`/v2/droplets/*`), or `host:port` of a CONNECT; `*` stands for any characters. */
  path: z.string().optional(),
  /** From the nth matching call since the rule was added, counted from 1. */
  nth: z.int().positive().optional(),
});

const COMMON = {
  match: MATCH.default({}),
  /** Number of calls to fail; default 1. */
  times: z.union([z.int().positive(), z.literal('forever')]).default(1),
};
/** Executes the request before failing it, to simulate a lost answer. */
const ACTS = { acts: z.boolean().default(false) };

/** Faults of a single call of the API or of the proxy. */
export const API_FAULT = z.discriminatedUnion('kind', [
  /** An error answer in DigitalOcean's form. */
  z.object({
    kind: z.literal('status'),
    ...COMMON,
    ...ACTS,
    status: z.int().min(400).max(599),
    retryAfterSeconds: z.int().nonnegative().optional(),
    id: z.string().optional(),
    message: z.string().optional(),
  }),
  /** An error answer from the contract's samples, with its status. */
  z.object({
    kind: z.literal('sample'),
    ...COMMON,
    ...ACTS,
    sample: z.enum(ERROR_NAMES),
    retryAfterSeconds: z.int().nonnegative().optional(),
  }),
  /** 502 with an HTML body, as a load balancer sends. */
  z.object({ kind: z.literal('html'), ...COMMON, ...ACTS }),
  /** The connection is reset without an answer. */
  z.object({ kind: z.literal('reset'), ...COMMON, ...ACTS }),
  /** No answer, the connection stays open. */
  z.object({ kind: z.literal('hang'), ...COMMON, ...ACTS }),
  /** The right status with a JSON body that ends in the middle. */
  z.object({ kind: z.literal('truncated'), ...COMMON }),
  /** The right status; the connection is cut in the middle of the body. */
  z.object({ kind: z.literal('cut'), ...COMMON }),
  /** The right status with values of the wrong types. */
  z.object({ kind: z.literal('wrong-type'), ...COMMON }),
  /** The right answer, late. */
  z.object({ kind: z.literal('slow'), ...COMMON, delayMs: z.int().nonnegative() }),
  /** For CONNECT: the way there fails with this error code of the system. */
  z.object({
    kind: z.literal('unreachable'),
    ...COMMON,
    code: z.enum(['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND']),
  }),
]);

export type ApiFault = z.output<typeof API_FAULT>;
/** Fault as written by a caller, without defaults. */
export type ApiFaultInput = z.input<typeof API_FAULT>;

interface Rule {
  readonly fault: ApiFault;
  readonly path: RegExp | undefined;
  seen: number;
  left: number;
}

/** The faults that were asked for; each call takes the first that fits. */
export class ApiFaults {
  private rules: Rule[] = [];

  add(input: ApiFaultInput): void {
    const fault = API_FAULT.parse(input);
    const { path } = fault.match;
    this.rules.push({
      fault,
      path: path === undefined ? undefined : wildcard(path),
      seen: 0,
      left: fault.times === 'forever' ? Infinity : fault.times,
    });
  }

  clear(): void {
    this.rules = [];
  }

  /** The fault for this call, which is thereby used up once. */
  take(method: string, path: string): ApiFault | undefined {
    const fitting = this.rules.filter((rule) => fits(rule, method, path));
    for (const rule of fitting) rule.seen++;
    const due = fitting.find((rule) => rule.left > 0 && rule.seen >= (rule.fault.match.nth ?? 1));
    if (due === undefined) return undefined;
    due.left--;
    return due.fault;
  }
}

function fits({ fault, path: pattern }: Rule, method: string, path: string): boolean {
  // A rule without a method is about the API; the proxy is only meant when it is named.
  const wanted = fault.match.method ?? (method === 'CONNECT' ? undefined : method);
  return wanted === method && (pattern?.test(path) ?? true);
}

/** `*` stands for any characters. */
export function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
