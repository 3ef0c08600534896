import { expect, it } from 'vitest';
import { scanLines } from '../../src/words/qr-lines.js';

const URI = 'otpauth://totp/Portlama:admin?secret=JBSWY3DPEHPK3PXP&issuer=Portlama';

it('hands a second factor over as a code to scan, and in plain mode in words alone', async () => {
  const drawn = await scanLines(URI, { ascii: false, plain: false });
  expect(drawn[0]).toMatch(/^Scan this/);
  expect(drawn.slice(1, -1).join('')).toMatch(/^[█▀▄ ]{500,}$/);
  expect(drawn.at(-1)).toBe(URI);
  const ascii = await scanLines(URI, { ascii: true, plain: false });
  expect(ascii.slice(1, -1).join('')).toMatch(/^[# ]{500,}$/);
  expect(await scanLines(URI, { ascii: false, plain: true })).toEqual([
    'Add this address to an authenticator app now; it is shown once:',
    URI,
  ]);
});
