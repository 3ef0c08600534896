import { randomBytes } from 'node:crypto';
import { LOGIN_MARK } from '../../core/product.js';
import { type Keystore, loginKey } from '../keystore/keystore.js';
import { generateSshKeyPair } from './keys.js';

/** Key pair that this program logs in to a server with until its line is taken away there. */
export interface TemporaryLogin {
  /** OpenSSH PEM. Secret. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA… portlama-recover-1a2b3c4d` */
  readonly publicKey: string;
}

/** The key that is kept for a server; undefined when there is none. */
export async function findLogin(
  keystore: Pick<Keystore, 'get'>,
  serverId: string,
): Promise<TemporaryLogin | undefined> {
  const stored = await keystore.get(loginKey(serverId));
  if (stored === undefined) return undefined;
  try {
    const { privateKey, publicKey } = JSON.parse(stored) as Partial<TemporaryLogin>;
    if (typeof privateKey !== 'string' || typeof publicKey !== 'string') return undefined;
    return { privateKey, publicKey };
  } catch {
    return undefined;
  }
}

/** The key that is kept for a server, or a new one: a line that was run before opens the server still. */
export async function requireLogin(
  keystore: Pick<Keystore, 'get' | 'set'>,
  serverId: string,
): Promise<TemporaryLogin> {
  const known = await findLogin(keystore, serverId);
  if (known !== undefined) return known;
  const pair = generateSshKeyPair(`${LOGIN_MARK}${randomBytes(4).toString('hex')}`);
  const login = { privateKey: pair.privateKey, publicKey: pair.publicKey };
  await keystore.set(loginKey(serverId), JSON.stringify(login));
  return login;
}
