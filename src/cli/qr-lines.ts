/** A QR code for a terminal with light text on a dark ground, with its margin. Readers take the inverse as well. */
export async function qrLines(text: string, ascii: boolean): Promise<readonly string[]> {
  const { default: encodeQR } = await import('qr');
  if (!ascii) return encodeQR(text, 'ascii').trimEnd().split('\n');
  return encodeQR(text, 'raw').map((row) => row.map((isDark) => (isDark ? '  ' : '##')).join(''));
}
