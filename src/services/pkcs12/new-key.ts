import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { DAY_MS } from '../../core/time.js';
import type { PanelIdentity } from '../panel/panel.js';

/** A key whose certificate is not signed yet. */
export interface NewKey {
  /** Request for a certificate, PEM (RFC 2986). */
  readonly csr: string;
  /** The key with a certificate that it signed itself, by which a keychain keeps and shows it. */
  readonly holder: PanelIdentity;
}

/** RSA like the installer's, which is the kind that keychain and curl of a Mac are known to take; as strong as P-256. */
const BITS = 3072;
const PASSPHRASE_BYTES = 24;
/** The holder opens nothing, and is deleted once there is a real certificate. */
const HOLDER_DAYS = 30;

/** Makes a key; both of its certificates are called `name`. */
export async function makeKey(name: string, now: number): Promise<NewKey> {
  const { default: forge } = await import('node-forge');
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const privateKey = forge.pki.privateKeyFromPem(pair.privateKey);
  const publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  const subject = [{ name: 'commonName', value: name }];

  const request = forge.pki.createCertificationRequest();
  request.publicKey = publicKey;
  request.setSubject(subject);
  request.sign(privateKey, forge.md.sha256.create());

  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  // Positive, and different each time: a keychain tells certificates apart by issuer and serial.
  certificate.serialNumber = `4d${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(now - DAY_MS);
  certificate.validity.notAfter = new Date(now + HOLDER_DAYS * DAY_MS);
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([{ name: 'extKeyUsage', clientAuth: true }]);
  certificate.sign(privateKey, forge.md.sha256.create());

  const passphrase = randomBytes(PASSPHRASE_BYTES).toString('hex');
  const asn1 = forge.pkcs12.toPkcs12Asn1(privateKey, certificate, passphrase, {
    algorithm: '3des',
    friendlyName: name,
  });
  const p12 = Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary');
  return { csr: forge.pki.certificationRequestToPem(request), holder: { p12, passphrase } };
}

/** True when the certificate is for the key of the request. */
export async function isFor(csr: string, certificateKeyPem: string): Promise<boolean> {
  const { default: forge } = await import('node-forge');
  const { publicKey } = forge.pki.certificationRequestFromPem(csr);
  return (
    publicKey !== null && normal(forge.pki.publicKeyToPem(publicKey)) === normal(certificateKeyPem)
  );
}

function normal(pem: string): string {
  return pem.replaceAll(/\s/g, '');
}
