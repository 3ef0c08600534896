import { randomUUID } from 'node:crypto';
import { pause } from '../delays.js';
import { findToken, hasScope, type SandboxToken } from '../tokens.js';
import type { World } from '../world/world.js';
import { ENDPOINTS } from '../fixtures.js';
import { type Answer, ApiRefusal, type ApiRequest, assumed, sample } from './answer.js';
import { RateCounter, type RateLimits } from './rate-limits.js';
import * as actions from './actions.js';
import * as catalogue from './catalogue.js';
import * as domains from './domains.js';
import * as droplets from './droplets.js';
import * as keysAndTags from './keys-and-tags.js';

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

type Handler = (request: ApiRequest) => Answer;

/** Handlers by the contract's names of endpoints. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  'GET /v1/oauth/token/info': catalogue.getTokenInfo,
  'GET /v2/account': catalogue.getAccount,
  'GET /v2/regions': catalogue.listRegions,
  'GET /v2/sizes': catalogue.listSizes,
  'GET /v2/images': catalogue.listImages,
  'GET /v2/images/{image_id}': catalogue.getImage,
  'GET /v2/account/keys': keysAndTags.listKeys,
  'POST /v2/account/keys': keysAndTags.createKey,
  'GET /v2/account/keys/{ssh_key_identifier}': keysAndTags.getKey,
  'PUT /v2/account/keys/{ssh_key_identifier}': keysAndTags.renameKey,
  'DELETE /v2/account/keys/{ssh_key_identifier}': keysAndTags.deleteKey,
  'GET /v2/tags': keysAndTags.listTags,
  'POST /v2/tags': keysAndTags.createTag,
  'GET /v2/tags/{tag_id}': keysAndTags.getTag,
  'DELETE /v2/tags/{tag_id}': keysAndTags.deleteTag,
  'POST /v2/tags/{tag_id}/resources': keysAndTags.tagResources,
  'DELETE /v2/tags/{tag_id}/resources': keysAndTags.untagResources,
  'GET /v2/domains': domains.listDomains,
  'POST /v2/domains': domains.createDomain,
  'GET /v2/domains/{domain_name}': domains.getDomain,
  'DELETE /v2/domains/{domain_name}': domains.deleteDomain,
  'GET /v2/domains/{domain_name}/records': domains.listRecords,
  'POST /v2/domains/{domain_name}/records': domains.createRecord,
  'GET /v2/domains/{domain_name}/records/{domain_record_id}': domains.getRecord,
  'PUT /v2/domains/{domain_name}/records/{domain_record_id}': domains.updateRecord,
  'PATCH /v2/domains/{domain_name}/records/{domain_record_id}': domains.updateRecord,
  'DELETE /v2/domains/{domain_name}/records/{domain_record_id}': domains.deleteRecord,
  'GET /v2/droplets': droplets.listDroplets,
  'POST /v2/droplets': droplets.createDroplet,
  'DELETE /v2/droplets': droplets.deleteDropletsByTag,
  'GET /v2/droplets/{droplet_id}': droplets.getDroplet,
  'DELETE /v2/droplets/{droplet_id}': droplets.deleteDroplet,
  'GET /v2/droplets/{droplet_id}/actions': actions.listDropletActions,
  'POST /v2/droplets/{droplet_id}/actions': actions.createDropletAction,
  'GET /v2/droplets/{droplet_id}/actions/{action_id}': actions.getDropletAction,
  'GET /v2/actions/{action_id}': actions.getAction,
  'GET /v2/snapshots': actions.listSnapshots,
  'GET /v2/reserved_ips': actions.listReservedAddresses,
};

export interface Route {
  readonly handler: Handler;
  /** `GET /v2/droplets/{droplet_id}` */
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const ROUTES = Object.entries(HANDLERS).map(([name, handler]) => {
  const [method = '', path = ''] = name.split(' ');
  return { name, handler, method, segments: path.split('/') };
});

/** The endpoint for a request, or undefined. `path` is without query. */
function findRoute(method: string, path: string): Route | undefined {
  const given = path.split('/');
  for (const { name, handler, method: wanted, segments } of ROUTES) {
    if (wanted !== method || segments.length !== given.length) continue;
    const parameters: Record<string, string> = {};
    const fits = segments.every((segment, index) => {
      const value = given[index] ?? '';
      if (!segment.startsWith('{')) return segment === value;
      parameters[segment.slice(1, -1)] = decode(value);
      return value !== '';
    });
    if (fits) return { name, handler, parameters };
  }
  return undefined;
}

/** Checks the token's scope for an endpoint; resources named in the body may need more. */
function mayCall(token: SandboxToken, { name }: Route): boolean {
  const endpoint = ENDPOINTS.find(({ method, path }) => `${method} ${path}` === name);
  if (endpoint === undefined) return true;
  return endpoint.scopes.some((all) => all.every((scope) => hasScope(token, scope)));
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
