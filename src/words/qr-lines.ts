export interface QrCode {
  readonly isAscii: boolean;
  /** All of one width. */
  readonly lines: readonly string[];
}

/** Blank modules around a code on a screen; with one it fits into 80x24. */
const SCREEN_BORDERS = [2, 1];

/** A text as QR codes for screens of several sizes, largest first. */
export function qrCodes(text: string): Promise<QrCode[]> {
  return Promise.all(
    [false, true].flatMap((isAscii) =>
      SCREEN_BORDERS.map(async (border) => ({
        isAscii,
        lines: await qrLines(text, isAscii, border),
      })),
    ),
  );
}

/** Lines that hand a second factor to an app: a code to scan with its address below, in plain mode the address alone. */
export async function scanLines(
  uri: string,
  { ascii, plain }: { readonly ascii: boolean; readonly plain: boolean },
): Promise<readonly string[]> {
  if (plain) return ['Add this address to an authenticator app now; it is shown once:', uri];
  const lead = 'Scan this with an authenticator app now; it is shown once:';
  return [lead, ...(await qrLines(uri, ascii)), uri];
}

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
