import { systemClock } from '../../core/time.js';
import {
  autheliaPasswordKey,
  certificatePasswordKey,
  type Keystore,
  p12PasswordKey,
} from '../keystore/keystore.js';
import { type P12Facts, readP12 } from '../panel/identity.js';
import { type Registry, requireNew, type ServerEntry } from '../registry/registry.js';
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

/**
 * Collects a server with all that is kept for it here. Left out: a key in a keychain, which cannot be read, and a
 * certificate whose password is not kept here, which nothing opens.
 */
export async function collectServer(
  server: ServerEntry,
  { home, keystore }: Omit<CarryPorts, 'registry'>,
): Promise<CarriedServer> {
  const { id, label, panelUrl, ip, domain, provider, providerId, region, createdAt } = server;
  const files: Partial<Record<ServerFileName, string>> = {};
  const p12 = server.authMethod === 'p12' ? await readServerP12(home, server) : undefined;
  const certificate =
    p12 === undefined ? undefined : await keystore.get(certificatePasswordKey(server));
  if (certificate !== undefined) files['client.p12'] = p12!.toString('base64');
  for (const name of TEXT_FILES) {
    const content = await readServerFile(home, id, name);
    if (content !== undefined) files[name] = content.toString('base64');
  }
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
 * Keeps a carried server: secrets, then files, then the entry, so that what is listed is whole. It takes the place of the
 * entry of its id only where that is wanted, and otherwise has to be new. Rejects with `label-taken` or `server-known`,
 * nothing kept.
 */
export async function keepServer(
  carried: CarriedServer,
  isReplacing: boolean,
  { home, registry, keystore }: CarryPorts,
): Promise<void> {
  const { entry, files, passwords } = carried;
  const { id } = entry;
  const listed = await registry.list();
  const present = isReplacing ? listed.find((server) => server.id === id) : undefined;
  const fresh = { ...entry, active: false, authMethod: 'p12' } as const;
  requireNew(
    listed.filter((server) => server !== present),
    fresh,
  );
  const p12 = passwords.certificate === undefined ? undefined : files['client.p12'];
  if (p12 !== undefined) await keystore.set(p12PasswordKey(id), passwords.certificate!);
  if (passwords.authelia !== undefined)
    await keystore.set(autheliaPasswordKey(id), passwords.authelia);
  let p12Path: string | undefined;
  await changeServerFiles(home, systemClock, async () => {
    const write = (name: ServerFileName, content: string): Promise<string> =>
      writeServerFile(home, id, name, Buffer.from(content, 'base64'));
    if (p12 !== undefined) p12Path = await write('client.p12', p12);
    for (const name of TEXT_FILES) {
      const content = files[name];
      if (content !== undefined) await write(name, content);
    }
  });
  if (present === undefined) {
    await registry.add({ ...fresh, p12Path });
    return;
  }
  const credential = {
    authMethod: 'p12',
    keychainIdentity: undefined,
    p12Path,
    adminAuth: undefined,
  } as const;
  await registry.change(id, { ...entry, ...(p12 === undefined ? {} : credential) });
}
