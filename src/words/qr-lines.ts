/**
 * A QR code for a terminal with light text on a dark ground, with a margin of `border` modules. Readers take the inverse
 * as well.
 */
export async function qrLines(
  text: string,
  ascii: boolean,
  border = 2,
): Promise<readonly string[]> {
  const { default: encodeQR } = await import('qr');
  const options = { ecc: 'low', border } as const;
  if (!ascii) return encodeQR(text, 'ascii', options).trimEnd().split('\n');
  return encodeQR(text, 'raw', options).map((row) =>
    row.map((isDark) => (isDark ? '  ' : '##')).join(''),
  );
}
