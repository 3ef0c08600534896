import { randomUUID } from 'node:crypto';
import { pause } from '../delays.js';
import { findToken } from '../tokens.js';
import type { World } from '../world/world.js';
import { type Answer, ApiRefusal, assumed, sample } from './answer.js';
import { RateCounter, type RateLimits } from './rate-limits.js';
import { findRoute, mayCall } from './routes.js';

export interface RawRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

/** The complete answer: body as text, headers complete. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: none. */
  readonly body: string | undefined;
}

/** DigitalOcean's API over a world, without HTTP. */
export class DigitalOcean {
  private readonly world: World;
  private readonly rates: RateCounter;

  constructor(world: World, limits: RateLimits) {
    this.world = world;
    this.rates = new RateCounter(limits);
  }

  async answer(request: RawRequest, signal: AbortSignal): Promise<RawAnswer> {
    const { clock, delays } = this.world.options;
    await pause(clock, delays.apiMs, signal);
    const headers: Record<string, string> = { 'x-request-id': randomUUID() };
    try {
      return this.complete(this.handle(request, headers), headers);
    } catch (error) {
      if (error instanceof ApiRefusal) return this.complete(error.answer, headers);
      throw error;
    }
  }

  /** An answer in DigitalOcean's form. */
  complete(answer: Answer, headers: Readonly<Record<string, string>>): RawAnswer {
    const body = withRequestId(answer.body, headers['x-request-id'] ?? '');
    return {
      status: answer.status,
      // Sends a content type with a 204 too, like DigitalOcean (contract: errors).
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers, ...answer.headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    };
  }

  private handle(request: RawRequest, headers: Record<string, string>): Answer {
    const { world } = this;
    const bearer = /^Bearer (\S+)$/i.exec(request.authorization ?? '')?.[1];
    const token = bearer === undefined ? undefined : findToken(bearer);
    if (token === undefined || !token.valid) throw sample('error-401');
    const { pathname, searchParams } = new URL(request.target, 'http://sandbox.invalid');
    const route = findRoute(request.method, pathname);
    const isKeyList = route?.name === 'GET /v2/account/keys';
    const verdict = this.rates.count(token.token, isKeyList, world.options.clock.now());
    Object.assign(headers, verdict.headers);
    if (verdict.exceeded === 'hour') throw sample('error-429-hourly');
    if (verdict.exceeded === 'burst') throw sample('error-429-burst');
    if (route === undefined) throw sample('error-404');
    if (!mayCall(token, route)) throw sample('error-403-scope');
    return route.handler({
      world,
      team: world.teamOf(token),
      token,
      parameters: route.parameters,
      query: searchParams,
      body: parseBody(request.body),
    });
  }
}

function parseBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw assumed(400, 'bad_request', 'The request body is not valid JSON.');
  }
}

/** Some errors name the request in their body, some only in the header. */
function withRequestId(body: unknown, requestId: string): unknown {
  if (typeof body !== 'object' || body === null || !('request_id' in body)) return body;
  return { ...body, request_id: requestId };
}
