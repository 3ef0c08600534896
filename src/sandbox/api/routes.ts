import { ENDPOINTS } from '../fixtures.js';
import { hasScope, type SandboxToken } from '../tokens.js';
import type { Answer, ApiRequest } from './answer.js';
import * as catalogue from './catalogue.js';
import * as droplets from './droplets.js';
import * as keys from './keys.js';
import * as tags from './tags.js';

type Handler = (request: ApiRequest) => Answer;

/** Handlers by the contract's names of endpoints. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  'GET /v1/oauth/token/info': catalogue.getTokenInfo,
  'GET /v2/account': catalogue.getAccount,
  'GET /v2/regions': catalogue.listRegions,
  'GET /v2/sizes': catalogue.listSizes,
  'GET /v2/images': catalogue.listImages,
  'GET /v2/images/{image_id}': catalogue.getImage,
  'GET /v2/account/keys': keys.listKeys,
  'POST /v2/account/keys': keys.createKey,
  'GET /v2/account/keys/{ssh_key_identifier}': keys.getKey,
  'PUT /v2/account/keys/{ssh_key_identifier}': keys.renameKey,
  'DELETE /v2/account/keys/{ssh_key_identifier}': keys.deleteKey,
  'GET /v2/tags': tags.listTags,
  'POST /v2/tags': tags.createTag,
  'GET /v2/tags/{tag_id}': tags.getTag,
  'DELETE /v2/tags/{tag_id}': tags.deleteTag,
  'POST /v2/tags/{tag_id}/resources': tags.tagResources,
  'DELETE /v2/tags/{tag_id}/resources': tags.untagResources,
  'GET /v2/droplets': droplets.listDroplets,
  'POST /v2/droplets': droplets.createDroplet,
  'DELETE /v2/droplets': droplets.deleteDropletsByTag,
  'GET /v2/droplets/{droplet_id}': droplets.getDroplet,
  'DELETE /v2/droplets/{droplet_id}': droplets.deleteDroplet,
  'GET /v2/droplets/{droplet_id}/actions': droplets.listDropletActions,
  'POST /v2/droplets/{droplet_id}/actions': droplets.createDropletAction,
  'GET /v2/droplets/{droplet_id}/actions/{action_id}': droplets.getDropletAction,
  'GET /v2/actions/{action_id}': droplets.getAction,
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
export function findRoute(method: string, path: string): Route | undefined {
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
export function mayCall(token: SandboxToken, { name }: Route): boolean {
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
