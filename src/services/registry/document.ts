import { adminCredential } from '../../core/admin-auth.js';
import type { ServerEntry } from './registry.js';

/** servers.json as text per entry, so that what is not changed is written back as it was. */
export interface RegistryDocument {
  /** Content of the file; undefined when there was none. */
  readonly text: string | undefined;
  readonly rows: readonly Row[];
}

interface Row {
  readonly text: string;
  /** Undefined for an entry that this program does not understand: kept, never shown. */
  readonly entry: ServerEntry | undefined;
  /** The password that older writers left in the entry. */
  readonly legacyPassword: string | undefined;
}

const EMPTY: RegistryDocument = { text: undefined, rows: [] };

/** The document of a file's text. Throws when it is not a JSON array. */
export function parseDocument(text: string | undefined): RegistryDocument {
  if (text === undefined) return EMPTY;
  const values: unknown = JSON.parse(text);
  if (!Array.isArray(values)) throw new Error('it is not a JSON array');
  const rows = elementsOf(text).map((element, index) => toRow(element, values[index]));
  return { text, rows: withOneActive(rows) };
}

/** The servers of a document; of several with one id the first. */
export function entriesOf(document: RegistryDocument): ServerEntry[] {
  const byId = new Map<string, ServerEntry>();
  for (const { entry } of document.rows) {
    if (entry !== undefined && !byId.has(entry.id)) byId.set(entry.id, entry);
  }
  return [...byId.values()];
}

export function textOf(rows: readonly Row[]): string {
  return arrayOf(rows.map((row) => row.text));
}

/** Rows with one entry added or replaced; an active one makes the others inactive. */
export function saveRow(rows: readonly Row[], entry: ServerEntry): readonly Row[] {
  const index = rows.findIndex((row) => row.entry?.id === entry.id);
  const before = rows[index];
  const saved = before === undefined ? changeRow(toRow('{}', {}), entry) : changeRow(before, entry);
  const result = before === undefined ? [...rows, saved] : rows.with(index, saved);
  return entry.active ? activateRow(result, entry.id) : result;
}

/** Rows in which the entry of this id is the only active one. */
export function activateRow(rows: readonly Row[], id: string): readonly Row[] {
  const chosen = rows.findIndex((row) => row.entry?.id === id);
  return rows.map((row, index) => {
    if (row.entry === undefined) return row;
    const active = index === chosen;
    // Compared with what is written: an entry may say `active` although another one before it counts.
    const written = (JSON.parse(row.text) as { active?: unknown }).active;
    const text = written === active ? row.text : withMembers(row.text, { active });
    return { ...row, text, entry: { ...row.entry, active } };
  });
}

export function removeRow(rows: readonly Row[], id: string): readonly Row[] {
  return rows.filter((row) => row.entry?.id !== id);
}

/** Rows without the password that older writers left in this entry. */
export function dropPassword(rows: readonly Row[], id: string): readonly Row[] {
  return rows.map((row) => (row.entry?.id === id ? withoutPassword(row) : row));
}

/** Gives the backup of `before`, without passwords that the change to `after` removes. */
export function backupText(before: readonly Row[], after: readonly Row[]): string {
  const kept = new Set(after.map((row) => row.legacyPassword));
  const isGone = (row: Row): boolean =>
    row.legacyPassword !== undefined && !kept.has(row.legacyPassword);
  return textOf(before.map((row) => (isGone(row) ? withoutPassword(row) : row)));
}

function withoutPassword(row: Row): Row {
  if (row.legacyPassword === undefined) return row;
  const text = withMembers(row.text, { p12Password: undefined });
  return { ...row, text, legacyPassword: undefined };
}

/**
 * Changes only fields that differ, so that a value this program cannot express stays in the file.
 */
function changeRow(row: Row, entry: ServerEntry): Row {
  const before: Partial<Record<string, unknown>> = { ...row.entry };
  const after: Partial<Record<string, unknown>> = { ...entry };
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changes = [...keys]
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .map((key) => [key, after[key]] as const);
  return { ...row, text: withMembers(row.text, Object.fromEntries(changes)), entry };
}

function toRow(text: string, value: unknown): Row {
  const password = isObject(value) ? value['p12Password'] : undefined;
  return {
    text,
    entry: readEntry(value),
    legacyPassword: typeof password === 'string' && password !== '' ? password : undefined,
  };
}

function readEntry(value: unknown): ServerEntry | undefined {
  if (!isObject(value)) return undefined;
  const id = textIn(value, 'id');
  const panelUrl = textIn(value, 'panelUrl');
  if (id === undefined || panelUrl === undefined) return undefined;
  const host = URL.canParse(panelUrl) ? new URL(panelUrl).hostname : panelUrl;
  // Takes the place of the server's own; a change writes only fields that differ.
  const admin = adminCredential(value['adminAuth']);
  const own = value['authMethod'] === 'keychain' ? 'keychain' : 'p12';
  const optional: Partial<ServerEntry> = {
    domain: textIn(value, 'domain'),
    provider: value['provider'] === 'digitalocean' ? 'digitalocean' : undefined,
    providerId: textIn(value, 'providerId'),
    region: textIn(value, 'region'),
    keychainIdentity: textIn(value, 'keychainIdentity'),
    p12Path: textIn(value, 'p12Path'),
    adminAuth: value['adminAuth'],
    ...admin,
  };
  return {
    id,
    label: textIn(value, 'label') ?? host,
    panelUrl,
    ip: textIn(value, 'ip') ?? '',
    ...withoutUndefined(optional),
    createdAt: textIn(value, 'createdAt') ?? '',
    active: value['active'] === true,
    authMethod: admin?.authMethod ?? own,
  };
}

/** Keeps only the first of several active servers active. */
function withOneActive(rows: readonly Row[]): readonly Row[] {
  const first = rows.find((row) => row.entry?.active);
  return rows.map((row) =>
    row.entry?.active && row !== first ? { ...row, entry: { ...row.entry, active: false } } : row,
  );
}

function textIn(value: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const field = value[key];
  if (typeof field === 'number') return String(field);
  return typeof field === 'string' && field !== '' ? field : undefined;
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Changes to JSON text that leave everything else as it was written: numbers too large for JavaScript, repeated
 * keys and the order of fields survive. All functions take text that JSON.parse has accepted already.
 */

/** The source text of each element of an array. */
export function elementsOf(arrayText: string): string[] {
  return partsOf(arrayText);
}

/** An array of these elements, one below the other. */
function arrayOf(elements: readonly string[]): string {
  return elements.length === 0 ? '[]\n' : `[\n  ${elements.join(',\n  ')}\n]\n`;
}

/** The object with some fields set; undefined removes one. */
export function withMembers(
  objectText: string,
  changes: Readonly<Record<string, unknown>>,
): string {
  const members = partsOf(objectText).map(memberOf);
  for (const [key, value] of Object.entries(changes)) {
    const first = members.findIndex((member) => member.key === key);
    const at = first === -1 ? members.length : first;
    const text = JSON.stringify(value) as string | undefined;
    // A repeated key would win over the one that is set here, so all of them go.
    for (let index = members.length - 1; index >= 0; index--) {
      if (members[index]?.key === key) members.splice(index, 1);
    }
    if (text !== undefined) members.splice(at, 0, { key, text: `${JSON.stringify(key)}: ${text}` });
  }
  if (members.length === 0) return '{}';
  return `{\n    ${members.map((member) => member.text).join(',\n    ')}\n  }`;
}

interface Member {
  readonly key: string;
  /** Key, colon and value as written. */
  readonly text: string;
}

function memberOf(text: string): Member {
  return { key: JSON.parse(text.slice(0, endOfString(text, 0))) as string, text };
}

/** Splits at the commas of the outermost brackets. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  const start = text.search(/[[{]/) + 1;
  let depth = 0;
  let from = start;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === '[' || character === '{') depth++;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    } else if ((character === ']' || character === '}') && depth-- === 0) {
      const last = text.slice(from, at).trim();
      if (last !== '') parts.push(last);
      break;
    }
  }
  return parts;
}

/** The position just after the string literal that begins at `from`. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
