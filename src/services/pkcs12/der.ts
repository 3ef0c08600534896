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
