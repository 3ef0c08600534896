import type { z } from 'zod';
import { InputError, quoted } from '../../../core/errors.js';
import type { Call } from '../api-error.js';
import { type Caller, type CallOptions, Unreadable } from '../caller.js';
import type { Bodies, Page } from '../models.js';
import type { HttpAnswer } from '../transport.js';

/** A name as one segment of a path. DigitalOcean's names need no escaping; anything else could lead elsewhere. */
export function pathSegment(name: string): string {
  if (/^[a-zA-Z0-9_:-]{1,255}$/.test(name)) return name;
  throw new InputError({
    code: 'name-invalid',
    message: `${quoted(name)} is not a name that DigitalOcean can have.`,
    hint: 'Letters, numbers, colons, hyphens and underscores only.',
  });
}

const NOT_FOUND = 404;
const PAGE_SIZE = 200;
/** Limit of 20,000 items, so that an API with endless pages ends. */
const MAX_PAGES = 100;

/** A call whose JSON answer is read by one of the schemas. They are loaded late: the first frame does not need them. */
export async function readOne<T>(
  caller: Caller,
  call: Call,
  pick: (bodies: Bodies) => z.ZodType<T>,
  options: Omit<CallOptions<T>, 'read'>,
): Promise<T> {
  const parse = await loadParser(pick);
  const { value } = await caller(call, {
    ...options,
    read: parse,
  });
  return value;
}

/** Undefined for 404. */
export async function readIfThere<T>(
  caller: Caller,
  call: Call,
  pick: (bodies: Bodies) => z.ZodType<T>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const parse = await loadParser(pick);
  const { value } = await caller(call, {
    signal,
    accept: [NOT_FOUND],
    read: (answer) => (answer.status === NOT_FOUND ? undefined : parse(answer)),
  });
  return value;
}

/** Every page of a list, in order. `call.path` may have a query. */
export async function readAll<T>(
  caller: Caller,
  call: Call,
  pick: (bodies: Bodies) => z.ZodType<Page<T>>,
  signal?: AbortSignal,
): Promise<readonly T[]> {
  const items: T[] = [];
  let page: number | undefined = 1;
  for (let count = 0; page !== undefined && count < MAX_PAGES; count += 1) {
    const path = `${call.path}${call.path.includes('?') ? '&' : '?'}per_page=${PAGE_SIZE}${page === 1 ? '' : `&page=${page}`}`;
    const current: Page<T> = await readOne(caller, { ...call, path }, pick, { signal });
    items.push(...current.items);
    page = current.nextPage !== undefined && current.nextPage > page ? current.nextPage : undefined;
  }
  return items;
}

/** A call whose answer says nothing but that it was done. */
export async function run(caller: Caller, call: Call, signal?: AbortSignal): Promise<void> {
  await caller(call, { signal, read: () => undefined });
}

/** False when it was not there, and cannot have been removed by an earlier try of this very call. */
export async function remove(
  caller: Caller,
  call: Call,
  options: Pick<CallOptions<boolean>, 'signal' | 'check'>,
): Promise<boolean> {
  const { value: wasThere, mayHaveRunBefore } = await caller(call, {
    ...options,
    accept: [NOT_FOUND],
    read: ({ status }) => status !== NOT_FOUND,
  });
  return wasThere || mayHaveRunBefore;
}

async function loadParser<T>(
  pick: (bodies: Bodies) => z.ZodType<T>,
): Promise<(answer: HttpAnswer) => T> {
  const { bodies, describeProblem } = await import('../models.js');
  const schema = pick(bodies);
  return ({ text }) => {
    const result = schema.safeParse(parseJson(text));
    if (result.success) return result.data;
    throw new Unreadable(describeProblem(result.error));
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unreadable(/^\s*</.test(text) ? 'a web page' : 'broken JSON');
  }
}
