import ssh2 from 'ssh2';
import { generateSshKeyPair } from '../../services/ssh/keys.js';

/** A host key as sshd holds it. */
export interface HostKey {
  /** OpenSSH PEM. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string;
}

const PEM = /-----BEGIN OPENSSH PRIVATE KEY-----[\s\S]*?-----END OPENSSH PRIVATE KEY-----/;

/**
 * The ed25519 host key in `ssh_keys` of a cloud-config, whether its values are YAML block scalars or quoted strings.
 * Undefined when there is none that sshd could load; a real droplet then makes its own.
 */
export function injectedHostKey(userData: string): HostKey | undefined {
  if (!userData.startsWith('#cloud-config')) return undefined;
  const section = /^ssh_keys:|"ssh_keys"\s*:/m.exec(userData);
  if (section === null) return undefined;
  // In a quoted string the line ends are escaped.
  const text = userData.slice(section.index).replaceAll('\\n', '\n');
  if (!text.includes('ed25519_private')) return undefined;
  const lines = PEM.exec(text)?.[0].split('\n') ?? [];
  const privateKey = `${lines.map((line) => line.trim()).join('\n')}\n`;
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error || parsed.type !== 'ssh-ed25519') return undefined;
  return {
    privateKey,
    publicKey: `ssh-ed25519 ${parsed.getPublicSSH().toString('base64')}`,
  };
}

/** A fresh ed25519 host key, as a droplet makes one for itself. */
export function generateHostKey(hostname: string): HostKey {
  return generateSshKeyPair(`root@${hostname}`);
}
