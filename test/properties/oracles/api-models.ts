import type { Kind } from './api-bodies.js';

/** What is wrong with a model that the program goes on with, told field by field; undefined when nothing is. */
export function modelProblem(kind: Kind, model: unknown): string | undefined {
  const item = ITEMS[kind];
  if (item === undefined) return fieldsProblem(MODELS[kind]!, model);
  const { items, nextPage } = (model ?? {}) as { items?: unknown; nextPage?: unknown };
  if (!Array.isArray(items)) return 'items';
  if (nextPage !== undefined && !isCount(nextPage)) return 'nextPage';
  return items.map((each) => fieldsProblem(item, each)).find((found) => found !== undefined);
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isFlag: Check = (value) => typeof value === 'boolean';
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isId: Check = (value) => Number.isSafeInteger(value) && (value as number) > 0;
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isInteger: Check = (value) => Number.isSafeInteger(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string);
/** Text that is shown: one line without anything that a terminal obeys. */
const isShown: Check = (value) =>
  typeof value === 'string' &&
  Array.from(value).every((character) => {
    const code = character.codePointAt(0)!;
    const control = code < 0x20 || (code >= 0x7f && code <= 0x9f);
    const turning = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return !control && !turning && code !== 0x2028 && code !== 0x2029;
  });

type Fields = Readonly<Record<string, Check>>;

const region: Fields = { slug: isText, name: isShown, available: isFlag, sizes: isTexts };
const size: Fields = {
  slug: isText,
  memoryMb: isNumber,
  vcpus: isNumber,
  diskGb: isNumber,
  priceMonthlyUsd: isNumber,
  available: isFlag,
  regions: isTexts,
};
const droplet: Fields = {
  id: isId,
  name: isText,
  status: oneOf('new', 'active', 'off', 'archive'),
  tags: isTexts,
  regionSlug: isText,
  sizeSlug: isText,
  priceMonthlyUsd: optional(isNumber),
  createdAt: isText,
  publicIpv4: optional(isText),
  locked: optional(isFlag),
  diskGb: optional(isNumber),
};
const action: Fields = {
  id: isId,
  type: isShown,
  status: oneOf('in-progress', 'completed', 'errored'),
};
const snapshot: Fields = {
  id: isShown,
  name: isShown,
  dropletId: optional(isNumber),
  sizeGb: isNumber,
  tags: isTexts,
};
const reservedAddress: Fields = { ip: isShown, regionSlug: isShown, dropletId: optional(isId) };
const sshKey: Fields = { id: isId, name: isText, publicKey: isText, fingerprint: isText };

const domain: Fields = { name: isText, ttl: optional(isInteger) };
const record: Fields = {
  id: isId,
  type: isText,
  name: isText,
  data: isText,
  ttl: optional(isInteger),
  priority: optional(isInteger),
  port: optional(isInteger),
  weight: optional(isInteger),
  flags: optional(isInteger),
  tag: optional(isText),
};

const ITEMS: Partial<Record<Kind, Fields>> = {
  actions: action,
  domains: domain,
  droplets: droplet,
  records: record,
  regions: region,
  reservedAddresses: reservedAddress,
  sizes: size,
  snapshots: snapshot,
  sshKeys: sshKey,
};
const MODELS: Partial<Record<Kind, Fields>> = {
  account: {
    email: isShown,
    emailVerified: isFlag,
    status: oneOf('active', 'warning', 'locked'),
    statusMessage: isShown,
    dropletLimit: optional(isInteger),
    teamId: optional(isShown),
    teamName: optional(isShown),
  },
  action,
  domain,
  droplet,
  record,
  sshKey,
  tag: { dropletCount: isInteger },
  tokenInfo: {
    scopes: optional((value) => Array.isArray(value) && value.every(isShown)),
    expiresInSeconds: optional((value) => isNumber(value) && (value as number) > 0),
  },
};

function fieldsProblem(fields: Fields, model: unknown): string | undefined {
  if (typeof model !== 'object' || model === null) return 'no object';
  const values = model as Record<string, unknown>;
  const unknown = Object.keys(values).find((key) => !(key in fields));
  if (unknown !== undefined) return `unknown field ${unknown}`;
  return Object.keys(fields).find((key) => !fields[key]!(values[key]));
}
