import { execFile } from 'node:child_process';
import { createCipheriv, generateKeyPairSync, pbkdf2Sync, X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { readP12 } from '../../../src/services/panel/identity.js';
import {
  CostlyP12Error,
  MAX_ROUNDS,
  requireAffordable,
} from '../../../src/services/pkcs12/cost.js';
import * as der from '../../../src/services/pkcs12/asn1.js';
import { deriveKey, KEY_PURPOSE, makeP12 } from '../../../src/services/pkcs12/pkcs12.js';
import { makePanelPki, type PanelPki } from '../../fixtures/nginx/pki.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const ENDLESS = 2 ** 31 - 1;
const SALT = Buffer.from('saltsalt');
const PASSWORD = 'password';
const DATA = '1.2.840.113549.1.7.1';
const PBE_3DES = '1.2.840.113549.1.12.1.3';

const plainContent = (content: Buffer) =>
  der.sequence(der.oid(DATA), der.explicit(0, der.octets(content)));
const pbe = (rounds: number) =>
  der.sequence(der.oid(PBE_3DES), der.sequence(der.octets(SALT), der.integer(rounds)));
const pbes2 = (rounds: number) =>
  der.sequence(
    der.oid('1.2.840.113549.1.5.13'),
    der.sequence(
      der.sequence(
        der.oid('1.2.840.113549.1.5.12'),
        der.sequence(
          der.octets(SALT),
          der.integer(rounds),
          der.sequence(der.oid('1.2.840.113549.2.9'), der.nothing()),
        ),
      ),
      der.sequence(der.oid('2.16.840.1.101.3.4.1.42'), der.octets(Buffer.alloc(16))),
    ),
  );
const scrypt = der.sequence(
  der.oid('1.2.840.113549.1.5.13'),
  der.sequence(
    der.sequence(
      der.oid('1.3.6.1.4.1.11591.4.11'),
      der.sequence(der.octets(SALT), der.integer(2), der.integer(1), der.integer(2 ** 29)),
    ),
    der.sequence(der.oid('2.16.840.1.101.3.4.1.42'), der.octets(Buffer.alloc(16))),
  ),
);
const keyBag = (algorithm: Buffer) =>
  der.sequence(
    der.oid('1.2.840.113549.1.12.10.1.2'),
    der.explicit(0, der.sequence(algorithm, der.octets(Buffer.alloc(64)))),
  );
const encrypted = (algorithm: Buffer, ciphertext: Buffer) =>
  der.sequence(
    der.oid('1.2.840.113549.1.7.6'),
    der.explicit(
      0,
      der.sequence(
        der.integer(0),
        der.sequence(der.oid(DATA), algorithm, der.implicit(0, ciphertext)),
      ),
    ),
  );
const macOf = (rounds: number) =>
  der.sequence(
    der.sequence(
      der.sequence(der.oid('1.3.14.3.2.26'), der.nothing()),
      der.octets(Buffer.alloc(20)),
    ),
    der.octets(SALT),
    der.integer(rounds),
  );

function file(contents: readonly Buffer[], macRounds = 2048): Buffer {
  const safe = plainContent(der.sequence(...contents));
  return der.sequence(der.integer(3), safe, macOf(macRounds));
}

/** A key whose rounds are seen only by who has the password. */
function hiddenBy3des(secret: Buffer): Buffer {
  const part = (purpose: number, length: number) =>
    deriveKey({ secret, salt: SALT, purpose, length, rounds: 2048 });
  const cipher = createCipheriv('des-ede3-cbc', part(KEY_PURPOSE.key, 24), part(KEY_PURPOSE.iv, 8));
  const bags = der.sequence(keyBag(pbe(ENDLESS)));
  return file([encrypted(pbe(2048), Buffer.concat([cipher.update(bags), cipher.final()]))]);
}

function hiddenByAes(): Buffer {
  const key = pbkdf2Sync(PASSWORD, SALT, 2048, 32, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16));
  const bags = der.sequence(keyBag(pbes2(ENDLESS)));
  return file([encrypted(pbes2(2048), Buffer.concat([cipher.update(bags), cipher.final()]))]);
}

const bmp = (text: string) => Buffer.from(`${text}\0`, 'utf16le').swap16();
/** Of a length that is not known at its beginning, as macOS and Java write. */
const indefinite = (bytes: Buffer) =>
  Buffer.concat([
    Buffer.from([bytes[0]!, 0x80]),
    bytes.subarray(bytes[1]! < 0x80 ? 2 : 2 + (bytes[1]! & 0x7f)),
    Buffer.alloc(2),
  ]);
const inParts = (bytes: Buffer) => {
  const parts = [bytes.subarray(0, 7), bytes.subarray(7)].map(der.octets);
  return Buffer.concat([Buffer.from([0x24, 0x80]), ...parts, Buffer.alloc(2)]);
};

const costly: readonly {
  readonly what: string;
  readonly make: () => Buffer;
  readonly password?: string;
}[] = [
  { what: 'the MAC', make: () => file([], ENDLESS) },
  { what: 'a MAC just above the limit', make: () => file([], MAX_ROUNDS + 1) },
  { what: 'a MAC beyond 32 bits', make: () => file([], 2 ** 40) },
  { what: 'a key', make: () => file([plainContent(der.sequence(keyBag(pbe(ENDLESS))))]) },
  {
    what: 'a key by PBKDF2',
    make: () => file([plainContent(der.sequence(keyBag(pbes2(ENDLESS))))]),
  },
  { what: 'a key by scrypt', make: () => file([plainContent(der.sequence(keyBag(scrypt)))]) },
  { what: 'certificates', make: () => file([encrypted(pbe(ENDLESS), Buffer.alloc(64))]) },
  {
    what: 'many keys',
    make: () => file([plainContent(der.sequence(...Array<Buffer>(40).fill(keyBag(pbe(100_000)))))]),
  },
  { what: 'a key among encrypted certificates', make: () => hiddenBy3des(bmp(PASSWORD)) },
  { what: 'a key among certificates encrypted with AES', make: hiddenByAes },
  { what: 'a hidden key and no password', make: () => hiddenBy3des(bmp('')), password: '' },
  {
    what: 'a hidden key and no password, not even its end',
    make: () => hiddenBy3des(Buffer.alloc(0)),
    password: '',
  },
  { what: 'the MAC of a file of indefinite length', make: () => indefinite(file([], ENDLESS)) },
  {
    what: 'a key in a string in parts',
    make: () =>
      der.sequence(
        der.integer(3),
        der.sequence(
          der.oid(DATA),
          der.explicit(0, inParts(der.sequence(plainContent(der.sequence(keyBag(pbe(ENDLESS))))))),
        ),
        macOf(2048),
      ),
  },
];

describe('a certificate file that asks for endless key derivation', () => {
  it.each(costly)('for $what is refused at once', async ({ make, password = PASSWORD }) => {
    const p12 = make();
    expect(() => requireAffordable(p12, password)).toThrow(CostlyP12Error);
    await expect(readP12(p12, password)).rejects.toMatchObject({
      code: 'p12-unreadable',
      message: expect.stringContaining('rounds of key derivation') as string,
    });
  });
});

describe('an ordinary certificate file', () => {
  let pki: PanelPki;
  beforeAll(async () => {
    pki = await makePanelPki();
  }, 60_000);

  it('of the installer is opened', async () => {
    await expect(readP12(pki.p12, pki.passphrase)).resolves.toMatchObject({
      issuer: 'CN=Portlama CA',
    });
  });

  it('of our own costs little', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const certificate = new X509Certificate(pki.caPem).raw;
    const p12 = makeP12({ commonName: 'admin', certificate, privateKey }, [], PASSWORD);
    expect(() => requireAffordable(p12, PASSWORD)).not.toThrow();
  });

  it.each([
    ['the usual encryption of openssl', []],
    ['as many rounds as Firefox', ['-iter', '600000']],
    [
      'AES-128 and no MAC rounds',
      ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC', '-nomaciter'],
    ],
    ['nothing encrypted', ['-keypbe', 'NONE', '-certpbe', 'NONE']],
  ])('with %s is opened', async (_what, options) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'panel.pem'), pki.panelPem + pki.panelKeyPem);
    const files = ['-in', 'panel.pem', '-out', 'out.p12', '-passout', `pass:${PASSWORD}`];
    await promisify(execFile)('openssl', ['pkcs12', '-export', ...files, ...options], {
      cwd: folder,
    });
    const p12 = await readFile(join(folder, 'out.p12'));
    await expect(readP12(p12, PASSWORD)).resolves.toMatchObject({ subject: 'CN=127.0.0.1' });
    await expect(readP12(p12, 'wrong')).rejects.toMatchObject({ code: 'p12-wrong-password' });
  });
});
