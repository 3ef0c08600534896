import { type ErrorName, ERRORS, statusOfError } from '../fixtures.js';
import type { SandboxToken } from '../tokens.js';
import type { Team } from '../world/team.js';
import type { World } from '../world/world.js';

/** One authorised call. */
export interface ApiRequest {
  readonly world: World;
  readonly team: Team;
  readonly token: SandboxToken;
  /** Values of the path's parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  /** Undefined: none. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Error answer; thrown by the handler of a call. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

/** One of the contract's sample errors; `message` takes the place of the sample's. */
export function sample(name: ErrorName, message?: string): ApiRefusal {
  const body = message === undefined ? ERRORS[name] : { ...ERRORS[name], message };
  return new ApiRefusal({ status: statusOfError(name), body });
}

/** An error whose text is not known from DigitalOcean. */
export function assumed(status: number, id: string, message: string): ApiRefusal {
  return new ApiRefusal({ status, body: { id, message } });
}

export function unprocessable(message: string): ApiRefusal {
  return assumed(422, 'unprocessable_entity', message);
}

/** A string property of a body, or undefined. */
export function textIn(body: unknown, name: string): string | undefined {
  const value = valueIn(body, name);
  return typeof value === 'string' ? value : undefined;
}

export function valueIn(body: unknown, name: string): unknown {
  if (typeof body !== 'object' || body === null) return undefined;
  return (body as Record<string, unknown>)[name];
}

/** Base of DigitalOcean's own paging links; a client must not follow them with its token. */
const LINK_BASE = 'https://api.digitalocean.com';
const DEFAULT_PER_PAGE = 20;
const MAX_PER_PAGE = 200;

export interface Page<T> {
  readonly items: readonly T[];
  readonly links: object;
  readonly meta: { readonly total: number };
}

/** One page of a list, with its links (contract: pagination). */
export function paginate<T>(all: readonly T[], path: string, query: URLSearchParams): Page<T> {
  const perPage = Math.min(positive(query.get('per_page')) ?? DEFAULT_PER_PAGE, MAX_PER_PAGE);
  const page = positive(query.get('page')) ?? 1;
  const last = Math.max(1, Math.ceil(all.length / perPage));
  const link = (number: number): string => {
    const parameters = new URLSearchParams(query);
    parameters.set('page', String(number));
    parameters.set('per_page', String(perPage));
    return `${LINK_BASE}${path}?${parameters.toString()}`;
  };
  const before = page > 1 ? { first: link(1), prev: link(page - 1) } : {};
  const after = page < last ? { next: link(page + 1), last: link(last) } : {};
  return {
    items: all.slice((page - 1) * perPage, page * perPage),
    links: last === 1 && page === 1 ? {} : { pages: { ...before, ...after } },
    meta: { total: all.length },
  };
}

function positive(text: string | null): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
