import { readKeyPair, type P12Facts, p12Facts } from './identity.js';
import { makeP12 } from '../pkcs12/pkcs12.js';
import { certificatePasswordKey, type Keystore, p12PasswordKey } from '../keystore/keystore.js';
import type { Registry, ServerEntry } from '../registry/registry.js';
import { writeServerFile } from '../registry/server-files.js';
import { type ConnectPorts, openPanelWith } from './connect-panel.js';
import type { PanelApi } from './panel-api.js';

export interface RenewPorts extends ConnectPorts {
  readonly keystore: Pick<Keystore, 'get' | 'set' | 'title'>;
  readonly registry: Registry;
}

/**
 * Has the panel make a new admin certificate, and puts it in the place of the one kept here once it has opened the
 * panel. The file gets the password that is stored already: replacing it is one step, so that at any moment the file
 * and the password kept here fit, and open the panel. The old certificate stays valid until its date (contract: rotate).
 */
export async function renewCertificate(
  server: ServerEntry,
  api: PanelApi,
  ports: RenewPorts,
  signal: AbortSignal,
): Promise<P12Facts> {
  const { home, keystore, registry } = ports;
  const from = certificatePasswordKey(server);
  const own = p12PasswordKey(server.id);
  const password = await keystore.get(from);
  if (password === undefined) throw new Error('The password was there when the panel was opened.');
  const passphrase = await api.rotateCertificate(signal);
  const downloaded = await api.downloadCertificate(signal);
  const { certificate, privateKey } = await readKeyPair({ p12: downloaded, passphrase });
  const pair = { commonName: 'admin', certificate: certificate.raw, privateKey };
  const p12 = makeP12(pair, [], password);
  const identity = { p12, passphrase: password };
  const proof = await openPanelWith(server, api.panelUrl, identity, ports, signal);
  proof.close();
  // One that the desktop app imported becomes the server's own: until the entry says so, the imported one is in use.
  if (from.service !== own.service) await keystore.set(own, password);
  const p12Path = await writeServerFile(home, server.id, 'client.p12', p12);
  const listed = (await registry.list()).find(({ id }) => id === server.id);
  if (listed !== undefined && listed.p12Path !== p12Path)
    await registry.change(server.id, { p12Path, adminAuth: undefined });
  return p12Facts(certificate);
}
