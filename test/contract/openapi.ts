import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import {
  document,
  DOCUMENT_ID,
  findOperation,
  type Found,
  type Operation,
  resolve,
} from './document.js';

/**
 * Throws unless the request is one that DigitalOcean's published OpenAPI document describes.
 * `path` is the request target with its query (`/v2/droplets?per_page=200`), `body` the parsed JSON (undefined: none).
 */
export function checkRequest(method: string, path: string, body: unknown): void {
  const call = `${method.toUpperCase()} ${path}`;
  const target = new URL(path, 'http://contract.invalid');
  const { operation, pointer, values } = find(method, target.pathname);
  checkParameters(call, operation, values, target.searchParams);
  const declared = operation.requestBody;
  if (declared === undefined) {
    if (body !== undefined) throw new ContractError(call, 'request', 'takes no body, but has one');
    return;
  }
  const requestBody = resolve(declared, `${pointer}/requestBody`);
  if (body === undefined) {
    if (requestBody.value.required !== false)
      throw new ContractError(call, 'request', 'needs a body');
    return;
  }
  if (requestBody.value.content?.['application/json'] === undefined)
    throw new ContractError(call, 'request', 'takes no JSON');
  validate(call, 'request', `${requestBody.pointer}/content/application~1json/schema`, body);
}

/**
 * Throws unless the answer is one that the document describes for this request. `body` is the parsed JSON;
 * undefined or '' for an empty one. Statuses that the document does not list are held to its `default`.
 */
export function checkResponse(method: string, path: string, status: number, body: unknown): void {
  const call = `${method.toUpperCase()} ${path} → ${status}`;
  const { operation, pointer } = find(method, new URL(path, 'http://contract.invalid').pathname);
  const key = operation.responses[status] === undefined ? 'default' : String(status);
  if (key === 'default' && status < 400)
    throw new ContractError(call, 'response', 'is not a success that this call has');
  const response = resolve(operation.responses[key]!, `${pointer}/responses/${key}`);
  const schema = response.value.content?.['application/json']?.schema;
  const isEmpty = body === undefined || body === '';
  if (schema === undefined || status === 204) {
    if (!isEmpty) throw new ContractError(call, 'response', 'must be empty');
    return;
  }
  if (isEmpty) throw new ContractError(call, 'response', 'must not be empty');
  validate(call, 'response', `${response.pointer}/content/application~1json/schema`, body);
}

/** What `checkRequest` and `checkResponse` throw. */
export class ContractError extends Error {
  override readonly name = 'ContractError';

  constructor(call: string, part: 'request' | 'response', problem: string) {
    super(`${call}: the ${part} ${problem}`);
  }
}

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, DOCUMENT_ID);
/** Query values are text: their own instance turns `200` into a number first. */
const queryAjv = new Ajv({ strict: false, coerceTypes: true });
addFormats.default(queryAjv);
queryAjv.addSchema(document, DOCUMENT_ID);
const compiled = new Map<string, ValidateFunction>();

function find(method: string, pathname: string): Found {
  const found = findOperation(method, pathname);
  if (found !== undefined) return found;
  throw new ContractError(`${method} ${pathname}`, 'request', 'is not one the document has');
}

/** Holds path and query values to their schemas; a query parameter that the document lacks is refused. */
function checkParameters(
  call: string,
  operation: Operation,
  values: Readonly<Record<string, string>>,
  query: URLSearchParams,
): void {
  const known = (operation.parameters ?? []).map((entry) => resolve(entry, ''));
  const queryNames = known.filter(({ value }) => value.in === 'query').map((p) => p.value.name);
  for (const name of query.keys())
    if (!queryNames.includes(name))
      throw new ContractError(call, 'request', `has an unknown query parameter "${name}"`);
  for (const { value: parameter, pointer } of known) {
    const text =
      parameter.in === 'path' ? values[parameter.name] : (query.get(parameter.name) ?? undefined);
    if (text === undefined) {
      if (parameter.required === true && parameter.in !== 'header')
        throw new ContractError(call, 'request', `lacks the parameter "${parameter.name}"`);
      continue;
    }
    if (pointer === '') continue;
    const check = compile(queryAjv, `query:${pointer}`, `${pointer}/schema`);
    if (!check({ value: text }))
      throw new ContractError(
        call,
        'request',
        `has a bad "${parameter.name}": ${explain(check.errors)}`,
      );
  }
}

function validate(call: string, part: 'request' | 'response', pointer: string, body: unknown) {
  const check = compile(ajv, pointer, pointer);
  if (!check({ value: body }))
    throw new ContractError(call, part, `is wrong: ${explain(check.errors)}`);
}

/** Bodies are checked as `value` of a wrapper, since coercion of a query value needs a property to write to. */
function compile(engine: Ajv, key: string, pointer: string): ValidateFunction {
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const check = engine.compile({
    type: 'object',
    properties: { value: { $ref: `${DOCUMENT_ID}#${encodePointer(pointer)}` } },
  });
  compiled.set(key, check);
  return check;
}

function explain(errors: readonly ErrorObject[] | null | undefined): string {
  const lines = (errors ?? []).map(({ instancePath, message, params }) => {
    const where = instancePath.replace(/^\/value/, '') || 'the whole';
    return `${where} ${message ?? 'is not valid'} (${JSON.stringify(params)})`;
  });
  return [...new Set(lines)].slice(0, 8).join('; ');
}

/** As a URI fragment: braces of path templates must be percent-encoded, slashes not. */
function encodePointer(pointer: string): string {
  return pointer.split('/').map(encodeURIComponent).join('/');
}
