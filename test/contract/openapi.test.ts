import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkRequest, checkResponse, ContractError } from './openapi.js';

const FIXTURES = join(import.meta.dirname, '../../src/sandbox/fixtures');
interface Entry {
  readonly file: string;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly request?: string;
}
const read = (file: string): unknown => JSON.parse(readFileSync(join(FIXTURES, file), 'utf8'));
const manifest = read('manifest.json') as readonly Entry[];

describe('the fixtures', () => {
  it.each(manifest)('$file fits the document', ({ file, method, path, status, request }) => {
    if (status === null) checkRequest(method, path, read(file));
    else checkResponse(method, path, status, read(file));
    if (request !== undefined) checkRequest(method, path, read(request));
  });
});

describe('checkRequest', () => {
  const good = read('droplet-create-request.json') as Record<string, unknown>;

  it('accepts reads with their parameters, and deletes', () => {
    checkRequest('GET', '/v2/droplets?tag_name=portlama%3Amanaged&per_page=200&page=2', undefined);
    checkRequest('DELETE', '/v2/droplets/5', undefined);
    checkRequest('get', '/v1/oauth/token/info', undefined);
    checkRequest('GET', '/v2/tags/portlama:managed', undefined);
    checkRequest(
      'GET',
      '/v2/account/keys/30:4f:eb:ab:48:2d:e4:fd:79:8b:8e:4a:38:a3:45:f8',
      undefined,
    );
  });

  it.each<[string, string, unknown, RegExp]>([
    ['GET', '/v2/nothing', undefined, /not one the document has/],
    ['PATCH', '/v2/account', undefined, /not one the document has/],
    ['GET', '/v2/account', {}, /takes no body/],
    ['GET', '/v2/droplets?per_page=201', undefined, /per_page/],
    ['GET', '/v2/droplets?per_page=many', undefined, /per_page/],
    ['GET', '/v2/droplets?tag=x', undefined, /unknown query parameter "tag"/],
    ['GET', '/v2/droplets/abc', undefined, /droplet_id/],
    ['DELETE', '/v2/droplets', undefined, /lacks the parameter "tag_name"/],
    ['POST', '/v2/account/keys', { name: 'x' }, /public_key/],
    ['POST', '/v2/account/keys', undefined, /needs a body/],
    ['POST', '/v2/droplets', { ...good, name: 'under_score' }, /name/],
    ['POST', '/v2/droplets', { ...good, size: undefined }, /size/],
    ['POST', '/v2/droplets', { ...good, tags: [5] }, /tags/],
    ['POST', '/v2/tags', { name: 'bad tag' }, /name/],
    [
      'POST',
      '/v2/tags/a/resources',
      { resources: [{ resource_id: 5, resource_type: 'droplet' }] },
      /resource_id/,
    ],
  ])('refuses %s %s (case %#)', (method, path, body, message) => {
    expect(() => checkRequest(method, path, body)).toThrow(ContractError);
    expect(() => checkRequest(method, path, body)).toThrow(message);
  });
});

describe('checkResponse', () => {
  it('accepts empty 204 answers and undeclared errors through the default', () => {
    checkResponse('DELETE', '/v2/droplets/5', 204, undefined);
    checkResponse('DELETE', '/v2/account/keys/5', 204, '');
    checkResponse('POST', '/v2/droplets', 422, { id: 'unprocessable_entity', message: 'no' });
    checkResponse('GET', '/v1/oauth/token/info', 401, { id: 'unauthorized', message: 'no' });
  });

  it.each<[string, string, number, unknown, RegExp]>([
    ['GET', '/v2/account', 200, {}, /account/],
    ['GET', '/v2/account', 200, undefined, /must not be empty/],
    ['GET', '/v2/account', 200, { account: { email: 'x' } }, /droplet_limit|email/],
    ['GET', '/v2/account', 204, undefined, /not a success/],
    ['DELETE', '/v2/droplets/5', 204, {}, /must be empty/],
    ['GET', '/v2/droplets/5', 200, { droplet: { id: 'five' } }, /required property/],
    ['GET', '/v2/account', 422, { message: 'no id' }, /id/],
    ['GET', '/v1/oauth/token/info', 200, { scopes: 'account:read' }, /scopes/],
  ])('refuses %s %s %d (case %#)', (method, path, status, body, message) => {
    expect(() => checkResponse(method, path, status, body)).toThrow(ContractError);
    expect(() => checkResponse(method, path, status, body)).toThrow(message);
  });
});
