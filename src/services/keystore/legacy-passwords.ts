import { openIdentity } from '../panel/identity.js';
import { messageOf } from '../../core/errors.js';
import { type Keystore, p12PasswordKey } from './keystore.js';

/** The part of the registry that knows passwords which other programs left in servers.json. */
export interface LegacyPasswords {
  findLegacyPasswords(): Promise<readonly { readonly id: string; readonly password: string }[]>;
  dropLegacyPassword(id: string): Promise<void>;
}

export interface LegacyPorts {
  readonly registry: LegacyPasswords;
  readonly keystore: Keystore;
  /** Learns each password before anything is done with it. */
  readonly redactor: { add(secret: string): void };
  /** The server's client.p12; undefined when it is not here. */
  readonly readP12: (serverId: string) => Promise<Buffer | undefined>;
}

export interface LegacyOutcome {
  /** Ids of servers. */
  readonly moved: readonly string[];
  /** Their passwords are still in servers.json, and why. */
  readonly left: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Moves P12 passwords out of servers.json into the credential store. One leaves the file only after the store gave it
 * back; where the store is not available or forgets at the end of the program, or holds another password that may be the right one, the file is left alone.
 */
export async function moveLegacyPasswords(ports: LegacyPorts): Promise<LegacyOutcome> {
  const { registry, redactor } = ports;
  const found = await registry.findLegacyPasswords();
  for (const { password } of found) redactor.add(password);
  const moved: string[] = [];
  const left: { id: string; reason: string }[] = [];
  for (const { id, password } of found) {
    try {
      await moveOne(ports, id, password);
      moved.push(id);
    } catch (error) {
      left.push({ id, reason: messageOf(error) });
    }
  }
  return { moved, left };
}

async function moveOne(ports: LegacyPorts, id: string, password: string): Promise<void> {
  const { registry, keystore, readP12 } = ports;
  if (keystore.kind === 'session')
    throw new Error(`Kept in ${keystore.title}, it would be lost at the end.`);
  const key = p12PasswordKey(id);
  const stored = await keystore.get(key);
  if (stored === undefined || stored === password || opens(await readP12(id), password)) {
    if (stored !== password) await keystore.set(key, password);
    if ((await keystore.get(key)) !== password) throw new Error(notGivenBack(keystore));
  } else if (!opens(await readP12(id), stored)) {
    throw new Error(`${keystore.title} holds another password, and neither opens client.p12.`);
  }
  // The right one is in the store: the one that was left in the file, or the one that replaced it since.
  await registry.dropLegacyPassword(id);
}

function notGivenBack({ title }: Keystore): string {
  return `${title} did not return the password as it was stored.`;
}

function opens(p12: Buffer | undefined, passphrase: string): boolean {
  if (p12 === undefined) return false;
  try {
    openIdentity({ p12, passphrase });
    return true;
  } catch {
    return false;
  }
}
