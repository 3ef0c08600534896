import { readClientCertificate } from '../panel/identity.js';
import { PanelError } from '../panel/panel-error.js';
import type { PanelIdentity } from '../panel/panel.js';

/**
 * The key and its certificate, and nothing else, in a .p12 with another password: 3DES with a SHA-1 MAC, which is
 * what `security import` of every macOS reads. `name` becomes the label of the key. Rejects as
 * `readClientCertificate` does, and with `p12-unreadable` for a key that is not RSA.
 */
export async function repackP12(
  { p12, passphrase }: PanelIdentity,
  password: string,
  name: string,
): Promise<Buffer> {
  const certificate = await readClientCertificate({ p12, passphrase });
  const { default: forge } = await import('node-forge');
  const file = forge.asn1.fromDer(p12.toString('binary'));
  const { safeContents } = forge.pkcs12.pkcs12FromAsn1(file, false, passphrase);
  const bags = safeContents.flatMap((content) => content.safeBags);
  const key = bags.map((bag) => bag.key ?? undefined).find((each) => each !== undefined);
  // node-forge understands RSA only, which is what the installer makes.
  if (key === undefined)
    throw new PanelError('p12-unreadable', 'The key of client.p12 is not RSA.');
  const own = forge.pki.certificateFromPem(certificate.toString());
  const packed = forge.pkcs12.toPkcs12Asn1(key, [own], password, {
    algorithm: '3des',
    friendlyName: name,
  });
  return Buffer.from(forge.asn1.toDer(packed).getBytes(), 'binary');
}
