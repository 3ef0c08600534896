import type { SshKeyPair } from './ssh.js';

/** DigitalOcean's limit for user data, in bytes. */
export const USER_DATA_MAX_BYTES = 65_536;

/**
 * Cloud-init user data that gives a new droplet exactly this host key and no other, so that the very first
 * connection can be verified. Secret: it holds the host key's private half. The droplet keeps it readable
 * to root, which is why the host key is replaced at the end of a provisioning.
 */
export function buildUserData(options: {
  readonly hostKey: Pick<SshKeyPair, 'privateKey' | 'publicKey'>;
}): string {
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
