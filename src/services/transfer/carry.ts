import { systemClock } from '../../core/time.js';
import {
  autheliaPasswordKey,
  certificatePasswordKey,
  type Keystore,
  p12PasswordKey,
} from '../keystore/keystore.js';
import { type P12Facts, readP12 } from '../panel/identity.js';
import type { Registry, ServerEntry } from '../registry/registry.js';
import {
  changeServerFiles,
  readServerFile,
  readServerP12,
  type ServerFileName,
  writeServerFile,
} from '../registry/server-files.js';
import type { CarriedServer } from './transfer-file.js';

export interface CarryPorts {
  readonly home: string;
  readonly registry: Registry;
  readonly keystore: Keystore;
}

const TEXT_FILES = ['panel.pem', 'host-key.pub', 'meta.json'] as const;

/** Collects a server with all that is kept for it here. A key in a keychain cannot be read, and is left out. */
export async function collectServer(
  server: ServerEntry,
  { home, keystore }: Omit<CarryPorts, 'registry'>,
): Promise<CarriedServer> {
  const { id, label, panelUrl, ip, domain, provider, providerId, region, createdAt } = server;
  const files: Partial<Record<ServerFileName, string>> = {};
  const p12 = server.authMethod === 'p12' ? await readServerP12(home, server) : undefined;
  if (p12 !== undefined) files['client.p12'] = p12.toString('base64');
  for (const name of TEXT_FILES) {
    const content = await readServerFile(home, id, name);
    if (content !== undefined) files[name] = content.toString('base64');
  }
  const certificate =
    p12 === undefined ? undefined : await keystore.get(certificatePasswordKey(server));
  const authelia = await keystore.get(autheliaPasswordKey(id));
  return {
    entry: { id, label, panelUrl, ip, domain, provider, providerId, region, createdAt },
    files,
    passwords: { certificate, authelia },
  };
}

/** Facts of the certificate that is carried; undefined without one. Rejects where its password does not open it. */
export async function carriedCertificate(carried: CarriedServer): Promise<P12Facts | undefined> {
  const p12 = carried.files['client.p12'];
  const password = carried.passwords.certificate;
  if (p12 === undefined || password === undefined) return undefined;
  return await readP12(Buffer.from(p12, 'base64'), password);
}

/**
 * Keeps a carried server: secrets, then files, then the entry, so that what is listed is whole. `present` is the entry
 * that it replaces. Rejects with `label-taken` or `server-known` for a new one.
 */
export async function keepServer(
  carried: CarriedServer,
  present: ServerEntry | undefined,
  { home, registry, keystore }: CarryPorts,
): Promise<void> {
  const { entry, files, passwords } = carried;
  const { id } = entry;
  if (passwords.certificate !== undefined)
    await keystore.set(p12PasswordKey(id), passwords.certificate);
  if (passwords.authelia !== undefined)
    await keystore.set(autheliaPasswordKey(id), passwords.authelia);
  let p12Path = present?.p12Path;
  await changeServerFiles(home, systemClock, async () => {
    for (const name of ['client.p12', ...TEXT_FILES] as const) {
      const content = files[name];
      if (content === undefined) continue;
      const path = await writeServerFile(home, id, name, Buffer.from(content, 'base64'));
      if (name === 'client.p12') p12Path = path;
    }
  });
  if (present === undefined) {
    await registry.add({ ...entry, active: false, authMethod: 'p12', p12Path });
    return;
  }
  const credential =
    files['client.p12'] === undefined
      ? {}
      : { authMethod: 'p12' as const, keychainIdentity: undefined, p12Path, adminAuth: undefined };
  await registry.save({ ...present, ...entry, ...credential });
}
