const UTF_16 = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/**
 * Decodes text of a file that another program may have written, without a byte order mark. Throws for bytes that are
 * no UTF-8: decoded with loss, they must not be written back.
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const isUtf16 = UTF_16.some((mark) => mark.equals(bytes.subarray(0, mark.length)));
    throw new Error(isUtf16 ? 'it is UTF-16 and not UTF-8' : 'it is not UTF-8 text');
  }
}
