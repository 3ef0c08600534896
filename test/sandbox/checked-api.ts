import { SANDBOX_TOKEN } from '../../src/sandbox/folder.js';
import { checkRequest, checkResponse } from '../contract/openapi.js';

/** What a test reads of an answer, whichever call it was. */
export interface Body {
  readonly id?: string;
  readonly message?: string;
  readonly error?: string;
  readonly account?: { readonly droplet_limit?: number; readonly status: string };
  readonly scopes?: readonly string[];
  readonly droplet?: DropletBody;
  readonly droplets?: readonly DropletBody[];
  readonly action?: { readonly id: number; readonly status: string; readonly type: string };
  readonly actions?: readonly { readonly id: number; readonly status: string }[];
  readonly snapshots?: readonly { readonly name: string; readonly resource_id: string }[];
  readonly reserved_ips?: readonly { readonly ip: string }[];
  readonly ssh_key?: { readonly id: number; readonly name: string; readonly fingerprint: string };
  readonly ssh_keys?: readonly { readonly id: number }[];
  readonly tag?: {
    readonly name: string;
    readonly resources: { readonly droplets: { readonly count: number } };
  };
  readonly tags?: readonly unknown[];
  readonly domains?: readonly { readonly name: string }[];
  readonly domain?: { readonly name: string; readonly zone_file: string | null };
  readonly domain_record?: RecordBody;
  readonly domain_records?: readonly RecordBody[];
  readonly regions?: readonly { readonly slug: string; readonly sizes: readonly string[] }[];
  readonly sizes?: readonly { readonly slug: string }[];
  readonly links?: {
    readonly pages?: Readonly<Record<string, string>>;
    readonly actions?: readonly { readonly id: number }[];
  };
  readonly meta?: { readonly total: number };
}

export interface RecordBody {
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly data: string;
}

export interface DropletBody {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly tags: readonly string[];
  readonly networks: {
    readonly v4: readonly { readonly type: string; readonly ip_address: string }[];
  };
}

export interface CheckedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export type CheckedApi = (
  method: string,
  path: string,
  body?: unknown,
  options?: { readonly token?: string; readonly badRequest?: boolean },
) => Promise<CheckedAnswer>;

/** Calls the API; every request and answer is held to DigitalOcean's published document. */
export function checkedApi(url: string): CheckedApi {
  return async (method, path, body, { token = SANDBOX_TOKEN, badRequest = false } = {}) => {
    if (!badRequest) checkRequest(method, path, body);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: Body | undefined = text === '' ? undefined : JSON.parse(text);
    checkResponse(method, path, response.status, parsed);
    return { status: response.status, headers: response.headers, body: parsed ?? {} };
  };
}

/** What a provisioning asks for. */
export function dropletRequest(changes: object = {}): object {
  return {
    name: 'portlama-edge',
    region: 'fra1',
    size: 's-1vcpu-512mb-10gb',
    image: 'ubuntu-24-04-x64',
    tags: ['portlama:managed', 'portlama:op:1'],
    ...changes,
  };
}
