import { readKeyPair } from '../panel/identity.js';
import type { PanelIdentity } from '../panel/panel.js';
import { makeP12 } from '../pkcs12/pkcs12.js';

/**
 * The key and its certificate, and nothing else (the panel's authority has no business in a keychain), in a .p12 with
 * another password. `name` is their label; the common name, since curl may ask for both. Rejects as `readKeyPair`.
 */
export async function repackP12(
  identity: PanelIdentity,
  password: string,
  name: string,
): Promise<Buffer> {
  const { certificate, privateKey } = await readKeyPair(identity);
  return makeP12({ commonName: name, certificate: certificate.raw, privateKey }, [], password);
}
