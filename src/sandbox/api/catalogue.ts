import { IMAGES, REGIONS, SIZES } from '../fixtures.js';
import { hasScope } from '../tokens.js';
import { type Answer, type ApiRequest, paginate, sample } from './answer.js';

export function getAccount({ team, token }: ApiRequest): Answer {
  const { droplet_limit: ownLimit, ...account } = team.account;
  const limit = token.dropletLimit ?? ownLimit;
  return {
    status: 200,
    headers: token.introspection === 'header' ? { 'x-oauth-scopes': token.scopes.join(', ') } : {},
    // The limit is withheld from a token that may not read droplets (scopes of the contract).
    body: {
      account: hasScope(token, 'droplet:read') ? { droplet_limit: limit, ...account } : account,
    },
  };
}

/** GET /v1/oauth/token/info */
export function getTokenInfo({ token, world }: ApiRequest): Answer {
  if (token.introspection !== 'token-info') throw sample('error-404');
  return {
    status: 200,
    body: {
      resource_owner_id: 123,
      scopes: [...token.scopes],
      expires_in_seconds: token.expiresInSeconds,
      application: { uid: 'a'.repeat(64) },
      created_at: Math.floor(world.options.clock.now() / 1000),
    },
  };
}

export function listRegions({ token, query }: ApiRequest): Answer {
  const maySeeSizes = hasScope(token, 'sizes:read');
  const regions = REGIONS.map((region) => (maySeeSizes ? region : { ...region, sizes: [] }));
  const { items, links, meta } = paginate(regions, '/v2/regions', query);
  return { status: 200, body: { regions: items, links, meta } };
}

export function listSizes({ query }: ApiRequest): Answer {
  const { items, links, meta } = paginate(SIZES, '/v2/sizes', query);
  return { status: 200, body: { sizes: items, links, meta } };
}

export function listImages({ query }: ApiRequest): Answer {
  const { items, links, meta } = paginate(IMAGES, '/v2/images', query);
  return { status: 200, body: { images: items, links, meta } };
}

export function getImage({ parameters }: ApiRequest): Answer {
  const wanted = parameters['image_id'];
  const image = IMAGES.find(({ id, slug }) => String(id) === wanted || slug === wanted);
  if (image === undefined) throw sample('error-404');
  return { status: 200, body: { image } };
}
