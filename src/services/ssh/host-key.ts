import { createHash } from 'node:crypto';
import { SshError } from './ssh-error.js';

/** The only type of host key this program makes and accepts. */
export const HOST_KEY_TYPE = 'ssh-ed25519';
const ED25519_KEY_BYTES = 32;

/** The bytes of a public key line (`ssh-ed25519 AAAA… [comment]`); undefined when it is not a whole ed25519 key. */
export function parsePublicKey(line: string): Buffer | undefined {
  const [type, base64 = ''] = line.trim().split(/\s+/);
  if (type !== HOST_KEY_TYPE || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const blob = Buffer.from(base64, 'base64');
  const prefix = publicKeyBlob(Buffer.alloc(0)).subarray(0, 4 + HOST_KEY_TYPE.length);
  const whole = blob.length === prefix.length + 4 + ED25519_KEY_BYTES;
  return whole && blob.subarray(0, prefix.length).equals(prefix) ? blob : undefined;
}

/** The wire form of an ed25519 public key (RFC 8709, section 4). */
export function publicKeyBlob(publicKey: Buffer): Buffer {
  return Buffer.concat([sshString(HOST_KEY_TYPE), sshString(publicKey)]);
}

/** A string of the SSH wire format: length and bytes (RFC 4251, section 5). */
export function sshString(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** `SHA256:…` of a key's bytes, as ssh-keygen prints it. */
export function sha256Fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** Colon-separated MD5 of a key's bytes, as DigitalOcean names keys. */
export function md5Fingerprint(blob: Buffer): string {
  const hex = createHash('md5').update(blob).digest('hex');
  return hex.match(/../g)!.join(':');
}

/** The server is not the one that was expected. `seen` is a fingerprint or what was offered instead. */
export function hostKeyChanged(address: string, expected: string, seen: string): SshError {
  return new SshError({
    code: 'host-key-changed',
    message: `The server at ${address} does not have the expected host key: expected ${expected}, seen ${seen}.`,
    hint:
      'Nothing was sent to it. The address may belong to another server now, the server may have been rebuilt, ' +
      'or something between here and there may be pretending to be it. Do not go on before you know which.',
  });
}
