import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  HOST_KEY_TYPE,
  md5Fingerprint,
  publicKeyBlob,
  sha256Fingerprint,
  sshString,
} from './host-key.js';
import type { SshKeyPair } from './ssh.js';

const PEM_LINE_LENGTH = 70;
/** Block size that the private part is padded to when it is not encrypted. */
const PADDING_BLOCK = 8;

/**
 * Makes an ed25519 key pair in OpenSSH's own format, in memory only.
 * The comment is in both halves: printable ASCII, no secret.
 */
export function generateSshKeyPair(comment: string): SshKeyPair {
  if (!/^[\x20-\x7e]*$/.test(comment)) throw new TypeError('A key comment is printable ASCII.');
  const { seed, publicKey } = generateEd25519();
  const blob = publicKeyBlob(publicKey);
  return {
    privateKey: toPem(privateKeyFile(seed, publicKey, comment)),
    publicKey: `${HOST_KEY_TYPE} ${blob.toString('base64')} ${comment}`.trimEnd(),
    sha256: sha256Fingerprint(blob),
    md5: md5Fingerprint(blob),
  };
}

function generateEd25519(): { seed: Buffer; publicKey: Buffer } {
  // The JWK form has both halves at full length; DER would have to be cut apart.
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { seed: Buffer.from(jwk.d!, 'base64url'), publicKey: Buffer.from(jwk.x!, 'base64url') };
}

/** The file format of openssh-portable's PROTOCOL.key, without encryption. */
function privateKeyFile(seed: Buffer, publicKey: Buffer, comment: string): Buffer {
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    sshString(HOST_KEY_TYPE),
    sshString(publicKey),
    sshString(Buffer.concat([seed, publicKey])),
    sshString(comment),
  ]);
  const padding = (PADDING_BLOCK - (secret.length % PADDING_BLOCK)) % PADDING_BLOCK;
  return Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    sshString('none'), // cipher
    sshString('none'), // key derivation
    sshString(''), // its options
    Buffer.from([0, 0, 0, 1]), // number of keys
    sshString(publicKeyBlob(publicKey)),
    sshString(Buffer.concat([secret, Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, padding))])),
  ]);
}

function toPem(file: Buffer): string {
  const lines = file.toString('base64').match(new RegExp(`.{1,${PEM_LINE_LENGTH}}`, 'g'))!;
  return [
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    ...lines,
    '-----END OPENSSH PRIVATE KEY-----',
    '',
  ].join('\n');
}
