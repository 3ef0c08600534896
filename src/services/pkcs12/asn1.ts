/**
 * Distinguished encoding of ASN.1 (X.690), limited to the needs of certificates and PKCS#12 files.
 */

export function sequence(...items: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(items));
}

export function set(...items: readonly Buffer[]): Buffer {
  return tagged(0x31, Buffer.concat(items));
}

/** An unsigned integer, given as a number or as its bytes. */
export function integer(value: number | Buffer): Buffer {
  const bytes = typeof value === 'number' ? bytesOf(value) : value;
  const first = bytes[0] ?? 0;
  return tagged(0x02, first >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

export function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

export function octets(content: Buffer): Buffer {
  return tagged(0x04, content);
}

/** A bit string of whole bytes. */
export function bits(content: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), content]));
}

export function nothing(): Buffer {
  return tagged(0x05, Buffer.alloc(0));
}

export function utf8(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text, 'utf8'));
}

export function bmp(text: string): Buffer {
  return tagged(0x1e, Buffer.from(text, 'utf16le').swap16());
}

/** Years 1950 to 2049. */
export function utcTime(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replace(/[-:T]|\.\d+/g, '');
  return tagged(0x17, Buffer.from(digits.slice(2)));
}

/** A dotted object identifier. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** Context-specific tag around whole elements. */
export function explicit(number: number, content: Buffer): Buffer {
  return tagged(0xa0 + number, content);
}

/** Context-specific tag in place of a primitive's own. */
export function implicit(number: number, content: Buffer): Buffer {
  return tagged(0x80 + number, content);
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : [0x80 + bytesOf(length).length, ...bytesOf(length)];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function bytesOf(value: number): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

function base128(value: number): number[] {
  const groups = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    groups.unshift(0x80 + (rest % 128));
  }
  return groups;
}

/** Basic encoding of ASN.1 (X.690), read as leniently as OpenSSL reads it. */
export interface Element {
  /** 0 universal, 2 context-specific. */
  readonly tagClass: number;
  readonly tag: number;
  /** Parts of a constructed element, else none. */
  readonly children: readonly Element[];
  /** Bytes of a primitive element; the joined bytes of a string in parts. */
  readonly content: Buffer;
}

export const UNIVERSAL = 0;
export const CONTEXT = 2;
export const INTEGER = 2;
export const OCTET_STRING = 4;
export const OBJECT_IDENTIFIER = 6;
export const SEQUENCE = 16;

/** Deeper than any file nests. */
const MAX_DEPTH = 40;

/** The element that the bytes begin with; undefined when they are no encoding of one. */
export function readElement(bytes: Buffer): Element | undefined {
  try {
    return read(bytes, 0, MAX_DEPTH).element;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

interface Read {
  readonly element: Element;
  readonly end: number;
}

function read(bytes: Buffer, start: number, depth: number): Read {
  if (depth === 0) throw new RangeError('nested too deeply');
  const first = bytes.readUInt8(start);
  const { tag, next } = readTag(bytes, start, first & 0x1f);
  const { length, contentStart } = readLength(bytes, next);
  const head = { tagClass: first >> 6, tag };
  const isConstructed = (first & 0x20) !== 0;
  const end = length === undefined ? undefined : contentStart + length;
  if (end !== undefined && end > bytes.length) throw new RangeError('cut off');
  if (!isConstructed) {
    if (end === undefined) throw new RangeError('primitive without a length');
    return { element: { ...head, children: [], content: bytes.subarray(contentStart, end) }, end };
  }
  const parts = readParts(bytes, contentStart, end, depth);
  // Join only elements that may be a string in parts; others have their content in their children.
  const isString = head.tagClass === CONTEXT || tag === OCTET_STRING;
  const content = isString ? Buffer.concat(parts.children.map((child) => child.content)) : EMPTY;
  return { element: { ...head, children: parts.children, content }, end: parts.end };
}

const EMPTY = Buffer.alloc(0);

/** Up to `end`, or to the end-of-contents octets. */
function readParts(
  bytes: Buffer,
  start: number,
  end: number | undefined,
  depth: number,
): { readonly children: readonly Element[]; readonly end: number } {
  const children: Element[] = [];
  let at = start;
  while (at !== end) {
    if (end === undefined && bytes.readUInt16BE(at) === 0) return { children, end: at + 2 };
    const part = read(end === undefined ? bytes : bytes.subarray(0, end), at, depth - 1);
    children.push(part.element);
    at = part.end;
  }
  return { children, end: at };
}

function readTag(bytes: Buffer, start: number, low: number): { tag: number; next: number } {
  if (low !== 0x1f) return { tag: low, next: start + 1 };
  let tag = 0;
  for (let at = start + 1; ; at++) {
    const byte = bytes.readUInt8(at);
    tag = tag * 128 + (byte & 0x7f);
    if (byte < 0x80) return { tag, next: at + 1 };
  }
}

/** No length stands for the indefinite one. */
function readLength(
  bytes: Buffer,
  at: number,
): { length: number | undefined; contentStart: number } {
  const first = bytes.readUInt8(at);
  if (first < 0x80) return { length: first, contentStart: at + 1 };
  const size = first & 0x7f;
  let length = 0;
  for (let index = 1; index <= size; index++) length = length * 256 + bytes.readUInt8(at + index);
  return { length: size === 0 ? undefined : length, contentStart: at + 1 + size };
}
