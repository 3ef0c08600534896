import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { SshKeyPair } from './ssh.js';
import { SshError } from './ssh-error.js';

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

/**
 * Encoded while it is made: in Node.js 20 a KeyObject that is exported shares a lock with the job that made it, and the
 * process stands still when that job is collected meanwhile. Both halves are the last 32 bytes (RFC 8410).
 */
function generateEd25519(): { seed: Buffer; publicKey: Buffer } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    publicKeyEncoding: { format: 'der', type: 'spki' },
  });
  return {
    seed: privateKey.subarray(-ED25519_KEY_BYTES),
    publicKey: publicKey.subarray(-ED25519_KEY_BYTES),
  };
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
function publicKeyBlob(publicKey: Buffer): Buffer {
  return Buffer.concat([sshString(HOST_KEY_TYPE), sshString(publicKey)]);
}

/** A string of the SSH wire format: length and bytes (RFC 4251, section 5). */
function sshString(content: string | Buffer): Buffer {
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
function md5Fingerprint(blob: Buffer): string {
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
      'or something between here and there may be pretending to be it. Do not continue before you know which.',
  });
}

/**
 * Cloud-init user data that gives a new droplet exactly this host key and no other, so that the very first
 * connection can be verified. Secret: it holds the host key's private half. The droplet keeps it readable
 * to root, which is why the host key is replaced at the end of a provisioning.
 */
export function buildUserData(options: {
  readonly hostKey: Pick<SshKeyPair, 'privateKey' | 'publicKey'>;
  /** Public keys that root accepts besides the account's temporary one, and after it is gone. */
  readonly authorizedKeys?: readonly string[] | undefined;
}): string {
  const { authorizedKeys = [] } = options;
  const { privateKey, publicKey } = options.hostKey;
  const lines = [
    '#cloud-config',
    // The image's own keys go, of every type; with ssh_keys given, cloud-init makes no others
    // (cloud-init reference, module "SSH").
    'ssh_deletekeys: true',
    'ssh_genkeytypes: [ed25519]',
    'ssh_keys:',
    '  ed25519_private: |',
    ...privateKey.trimEnd().split('\n').map(indent),
    '  ed25519_public: |',
    ...publicKey.trimEnd().split('\n').map(indent),
    ...(authorizedKeys.length === 0 ? [] : ['ssh_authorized_keys:']),
    ...authorizedKeys.map((line) => `  - ${line}`),
    'ssh_pwauth: false',
    // The installation works as root, by key.
    'disable_root: false',
    '',
  ];
  const userData = lines.join('\n');
  if (!/^[\x20-\x7e\n]*$/.test(userData)) throw new TypeError('User data is plain ASCII.');
  return userData;
}

function indent(line: string): string {
  return `    ${line}`;
}
