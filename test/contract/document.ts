import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Reference {
  readonly $ref?: string;
}
interface Parameter extends Reference {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
}
interface Body extends Reference {
  readonly required?: boolean;
  readonly content?: Readonly<Record<string, { readonly schema?: unknown }>>;
}
export interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;
export interface Found {
  readonly operation: Operation;
  /** JSON pointer of the operation. */
  readonly pointer: string;
  /** Values of the path's parameters. */
  readonly values: Readonly<Record<string, string>>;
}

/** Absent from DigitalOcean's document: names and types as its own command-line tool reads them. */
const TOKEN_INFO: Paths = {
  '/v1/oauth/token/info': {
    get: {
      responses: {
        '200': { $ref: '#/components/responses/x_token_info' },
        default: { $ref: '#/components/responses/unexpected_error' },
      },
    },
  },
};
const TOKEN_INFO_ANSWER: Body = {
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['resource_owner_id', 'scopes', 'expires_in_seconds'],
        properties: {
          resource_owner_id: { type: 'integer' },
          scopes: { type: 'array', items: { type: 'string' } },
          expires_in_seconds: { type: 'integer' },
          application: { type: 'object', properties: { uid: { type: 'string' } } },
          created_at: { type: 'integer' },
        },
      },
    },
  },
};

export const DOCUMENT_ID = 'https://contract.invalid/openapi.json';
const published = JSON.parse(
  readFileSync(join(import.meta.dirname, 'digitalocean/openapi.json'), 'utf8'),
) as { paths: Paths; components: { responses: Record<string, Body> } };
/** DigitalOcean's OpenAPI document, with the call that it lacks. */
export const document = {
  ...published,
  paths: { ...published.paths, ...TOKEN_INFO },
  components: {
    ...published.components,
    responses: { ...published.components.responses, x_token_info: TOKEN_INFO_ANSWER },
  },
};
/** The operation of a request; undefined where the document has none. */
export function findOperation(method: string, pathname: string): Found | undefined {
  for (const [template, operations] of Object.entries(document.paths)) {
    const operation = operations[method.toLowerCase()];
    const values = match(template, pathname);
    if (operation === undefined || values === undefined) continue;
    const pointer = `/paths/${escapePointer(template)}/${method.toLowerCase()}`;
    return { operation, pointer, values };
  }
  return undefined;
}

function match(template: string, pathname: string): Record<string, string> | undefined {
  const [wanted, given] = [template.split('/'), pathname.split('/')];
  if (wanted.length !== given.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = decodeURIComponent(given[index]!);
    if (segment.startsWith('{')) values[segment.slice(1, -1)] = value;
    else if (segment !== value) return undefined;
  }
  return values;
}

/** Follows a `$ref` of the document; the pointer is of what it leads to ('' for an inline one without a known place). */
export function resolve<T extends Reference>(
  entry: T,
  pointer: string,
): { value: T; pointer: string } {
  if (entry.$ref === undefined) return { value: entry, pointer };
  const target = entry.$ref.replace(/^#/, '');
  const value = target
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (node, key) =>
        (node as Record<string, unknown>)[key.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    );
  return resolve(value as T, target);
}

function escapePointer(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}
