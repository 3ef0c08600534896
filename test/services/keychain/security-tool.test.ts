import { describe, expect, it } from 'vitest';
import { parseIdentities } from '../../../src/services/keychain/security-tool.js';

const ONE = '5EE72CC9B9756081BF7C6F8A84A7250413B2424E';
const TWO = '86890D67F234745572B7EF153C72DEA7CF522EDE';

/** As security(1) prints it on macOS. */
const LISTED = `
Policy: SSL (client)
  Matching identities
  1) ${ONE} "admin" (CSSMERR_TP_NOT_TRUSTED)
  2) ${TWO} "Somebody "quoted" (team)"
     2 identities found

  Valid identities only
  1) ${TWO} "Somebody "quoted" (team)"
     1 valid identities found
`;

describe('what security find-identity prints', () => {
  it('is read once each, trusted or not', () => {
    expect(parseIdentities(LISTED)).toEqual([
      { sha1: ONE, name: 'admin' },
      { sha1: TWO, name: 'Somebody "quoted" (team)' },
    ]);
  });

  it('may be that there is none', () => {
    const none = LISTED.replaceAll(/^ {2}\d\).*\n/gm, '').replaceAll(/\d (valid )?id/g, '0 $1id');
    expect(parseIdentities(none)).toEqual([]);
    expect(parseIdentities('')).toEqual([]);
  });
});
