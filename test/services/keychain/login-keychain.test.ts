import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { certify, issueCertificate } from '../../../src/sandbox/pki/certificate.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { LoginKeychain } from '../../../src/services/keychain/login-keychain.js';
import { readClientCertificate, readP12 } from '../../../src/services/panel/identity.js';
import { isFor, makeKey } from '../../../src/services/pkcs12/new-key.js';
import { fakeMac, type FakeMac } from '../../fixtures/keychain/fake-mac.js';
import { makePanelPki, type PanelPki } from '../../fixtures/nginx/pki.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

let pki: PanelPki;
let sha1: string;

beforeAll(async () => {
  pki = await makePanelPki();
  sha1 = (await readClientCertificate(pki)).fingerprint.replaceAll(':', '');
}, 60_000);

async function setUp(options: { timeoutMs?: number } = {}) {
  const mac = await fakeMac(options);
  const folder = join(await temporaryFolder(), 'servers', 'one');
  const add = () => mac.keychain.add(pki, { folder });
  return { mac, keychain: mac.keychain, folder, add };
}

const importsOf = async (mac: FakeMac) =>
  (await mac.calls()).filter(({ argv }) => argv[0] === 'import');

describe('adding an identity to the login keychain', () => {
  it('makes its key non-extractable, for curl alone, and finds it by name and SHA-1', async () => {
    const { mac, keychain, folder, add } = await setUp();
    expect(await keychain.list()).toEqual([]);
    expect(await add()).toEqual({ name: 'admin', sha1 });
    expect(await keychain.list()).toEqual([{ name: 'admin', sha1 }]);
    const [imported] = await importsOf(mac);
    const [, path, ...options] = imported!.argv;
    expect(path?.startsWith(`${folder}/`)).toBe(true);
    const password = options[options.indexOf('-P') + 1]!;
    expect(options).toEqual(
      `-k ${mac.homeFolder}/Library/Keychains/login.keychain-db -f pkcs12 -x -P ${password} -T ${mac.programs.curl}`.split(
        ' ',
      ),
    );
  });

  it('gives the tool a private file that opens by a password of that one import only', async () => {
    const { mac, keychain, folder, add } = await setUp();
    await add();
    await keychain.remove(sha1);
    await add();
    const imports = await importsOf(mac);
    const passwords = imports.map(({ argv }) => argv[argv.indexOf('-P') + 1]!);
    expect(new Set([...passwords, pki.passphrase]).size).toBe(3);
    for (const [index, { file }] of imports.entries()) {
      expect(file?.mode).toBe('600');
      const p12 = Buffer.from(file!.base64, 'base64');
      expect((await readP12(p12, passwords[index]!)).subject).toContain('CN=admin');
      await expect(readP12(p12, pki.passphrase)).rejects.toMatchObject({
        code: 'p12-wrong-password',
      });
      // The certificate authority of the panel has no business in anybody's keychain.
      expect(p12.length).toBeLessThan(pki.p12.length);
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it('hands on nothing of its own environment', async () => {
    const { mac, add } = await setUp();
    await add();
    for (const { environment } of await mac.calls())
      expect(environment.filter((name) => !['HOME', 'LC_ALL', 'PWD', '_'].includes(name))).toEqual(
        [],
      );
  });

  it('does nothing when it is there already', async () => {
    const { mac, add } = await setUp();
    await add();
    expect(await add()).toEqual({ name: 'admin', sha1 });
    expect(await importsOf(mac)).toHaveLength(1);
  });

  it.each(['import-then-fail', 'import-then-hang'] as const)(
    'counts what is there, whatever the tool answered (%s)',
    async (mode) => {
      const { mac, folder, add } = await setUp({ timeoutMs: 2_000 });
      await mac.behave(mode);
      expect(await add()).toEqual({ name: 'admin', sha1 });
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('leaves no file and no keychain item when the password is wrong', async () => {
    const { mac, keychain, folder } = await setUp();
    const wrong = keychain.add({ p12: pki.p12, passphrase: 'wrong' }, { folder });
    await expect(wrong).rejects.toMatchObject({ code: 'p12-wrong-password' });
    expect(await mac.identities()).toEqual([]);
    expect(await importsOf(mac)).toEqual([]);
  });
});

describe('a keychain that does not do what is asked', () => {
  it.each([
    ['locked', 'keychain-locked', 'security unlock-keychain'],
    ['denied', 'keychain-denied', 'allow it when macOS asks'],
  ] as const)('is named, with what to do: %s', async (mode, code, hint) => {
    const { mac, folder, add } = await setUp();
    await mac.behave(mode);
    await expect(add()).rejects.toMatchObject({ code, hint: expect.stringContaining(hint) });
    expect(await readdir(folder)).toEqual([]);
    const error: unknown = await add().catch((reason: unknown) => reason);
    const told = [error, (error as Error).cause].map(String).join();
    const imports = await importsOf(mac);
    expect(imports).toHaveLength(2);
    for (const { argv } of imports) expect(told).not.toContain(argv[argv.indexOf('-P') + 1]);
  });

  it('is given up when macOS waits for somebody', async () => {
    const { mac, keychain } = await setUp({ timeoutMs: 300 });
    await mac.behave('hang');
    await expect(keychain.list()).rejects.toMatchObject({ code: 'keychain-silent' });
  });

  it('is known before anything is added', async () => {
    const { mac, keychain } = await setUp();
    await keychain.probe();
    await mac.behave('locked');
    await expect(keychain.probe()).rejects.toMatchObject({ code: 'keychain-locked' });
  });

  it('has no tool for it', async () => {
    const keychain = new LoginKeychain({
      homeFolder: '/no/home',
      programs: { security: '/no/security', curl: '/no/curl' },
    });
    await expect(keychain.probe()).rejects.toMatchObject({ code: 'keychain-tool-missing' });
    expect(await keychain.unsuited()).toContain('There is no /no/curl here');
  });

  it('is of no use to a curl without Secure Transport', async () => {
    const { mac, keychain } = await setUp();
    expect(await keychain.unsuited()).toBeUndefined();
    await mac.behave('no-secure-transport');
    expect(await keychain.unsuited()).toContain('has no Secure Transport');
  });
});

describe('removing an identity', () => {
  it('deletes that one, and says whether it was there', async () => {
    const { mac, keychain, folder, add } = await setUp();
    const other = await keychain.add(await makePanelPki(), { folder });
    await add();
    expect(await keychain.remove(sha1)).toBe(true);
    expect(await mac.identities()).toEqual([other.sha1]);
    expect(await keychain.remove(sha1)).toBe(false);
  });

  it.each([
    ['locked', 'keychain-locked'],
    ['delete-fails', 'keychain-failed'],
  ] as const)('fails while it is still there: %s', async (mode, code) => {
    const { mac, keychain, add } = await setUp();
    await add();
    await mac.behave(mode);
    await expect(keychain.remove(sha1)).rejects.toMatchObject({ code });
    expect(await mac.identities()).toEqual([sha1]);
  });

  it('takes nothing for a SHA-1 that is none', async () => {
    const { keychain } = await setUp();
    await expect(keychain.remove('-t')).rejects.toThrow('no SHA-1');
  });
});

describe('a certificate for a key of the keychain', () => {
  it('joins its key, and leaves it, while the file for that holds no key', async () => {
    const { mac, keychain, folder } = await setUp();
    const options = { now: Date.now(), days: 2 };
    const { csr, holder } = await makeKey('admin', options.now);
    const held = await keychain.add(holder, { folder });
    const { publicKey } = await readClientCertificate(holder);
    expect(await isFor(csr, publicKey.export({ type: 'spki', format: 'pem' }).toString())).toBe(
      true,
    );
    const issuer = issueCertificate({ commonName: 'ca', purpose: 'authority', ...options });
    const signed = new X509Certificate(
      certify({ commonName: 'admin', purpose: 'client', issuer, ...options }, publicKey),
    );
    const joined = await keychain.addCertificate(signed, { folder });
    expect(await keychain.addCertificate(signed, { folder })).toEqual(joined);
    const imports = await importsOf(mac);
    expect(imports).toHaveLength(2);
    expect(Buffer.from(imports[1]!.file!.base64, 'base64')).toEqual(signed.raw);
    expect(await readdir(folder)).toEqual([]);
    expect(await keychain.removeCertificate(held.sha1)).toBe(true);
    expect(await keychain.removeCertificate(held.sha1)).toBe(false);
    expect(await keychain.list()).toEqual([joined]);
    expect(await keychain.remove(joined.sha1)).toBe(true);
    expect(await mac.keys()).toBe(0);

    // Without its key it is no identity.
    await expect(keychain.addCertificate(signed, { folder })).rejects.toMatchObject({
      code: 'keychain-failed',
    });
  });
});
