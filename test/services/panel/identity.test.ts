import { beforeAll, describe, expect, it } from 'vitest';
import { readP12 } from '../../../src/services/panel/identity.js';
import { makePanelPki, makeRc2P12, type PanelPki } from '../../fixtures/nginx/pki.js';

let pki: PanelPki;

beforeAll(async () => {
  pki = await makePanelPki();
}, 60_000);

describe('reading client.p12 as the installer makes it', () => {
  it('gives the admin certificate, not its authority’s', async () => {
    const facts = await readP12(pki.p12, pki.passphrase);
    expect(facts.subject.split('\n')).toEqual(['CN=admin', 'O=Portlama']);
    expect(facts.issuer).toBe('CN=Portlama CA');
    const days = (facts.notAfter - facts.notBefore) / 86_400_000;
    expect(Math.round(days)).toBe(30);
  });

  it('tells a wrong password from a damaged file and an old encryption', async () => {
    const codeOf = (p12: Buffer, passphrase: string) =>
      readP12(p12, passphrase).then(
        () => 'none',
        (error: { code: string }) => error.code,
      );
    expect(await codeOf(pki.p12, 'wrong')).toBe('p12-wrong-password');
    expect(await codeOf(pki.p12, '')).toBe('p12-wrong-password');
    expect(await codeOf(Buffer.from('no certificate'), pki.passphrase)).toBe('p12-unreadable');
    expect(await codeOf(pki.p12.subarray(0, -40), pki.passphrase)).toBe('p12-unreadable');
    const old = await makeRc2P12();
    expect(await codeOf(old.p12, old.passphrase)).toBe('p12-unreadable');
  });
});
