import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { messageOf } from '../../core/errors.js';
import { requireAffordable } from '../pkcs12/cost.js';
import { certificatePasswordKey, type Keystore } from '../keystore/keystore.js';
import type { ServerEntry } from '../registry/registry.js';
import { readServerFile, readServerP12 } from '../registry/server-files.js';
import { PanelError } from './panel-error.js';
import { MIN_TLS_VERSION } from './panel-tls.js';
import type { PanelIdentity } from './panel.js';

/** Facts stated by the admin certificate. Times are epoch milliseconds. */
export interface P12Facts {
  /** `CN=admin`; from outside: escape before showing. */
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Upper-case hex, as the panel writes serials. */
  readonly serial?: string | undefined;
}

/** Opens the admin certificate for Node's TLS; `authorities` (PEM) take the place of the system's. Throws `p12-wrong-password` or `p12-unreadable`. */
export function openIdentity(
  { p12, passphrase }: PanelIdentity,
  authorities?: readonly string[],
): SecureContext {
  try {
    requireAffordable(p12, passphrase);
    const ca = authorities === undefined ? {} : { ca: [...authorities] };
    return createSecureContext({ pfx: p12, passphrase, minVersion: MIN_TLS_VERSION, ...ca });
  } catch (error) {
    throw p12Error(error);
  }
}

/** Opens the .p12 and reads its certificate. Rejects with `p12-wrong-password` or `p12-unreadable`. */
export async function readP12(p12: Buffer, passphrase: string): Promise<P12Facts> {
  return p12Facts(await readClientCertificate({ p12, passphrase }));
}

export function p12Facts(certificate: X509Certificate): P12Facts {
  return {
    subject: certificate.subject,
    issuer: certificate.issuer,
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
    serial: certificate.serialNumber,
  };
}

/** The certificate that belongs to the key in a .p12. Rejects with `p12-wrong-password` or `p12-unreadable`. */
export async function readClientCertificate(identity: PanelIdentity): Promise<X509Certificate> {
  const opened = certificateIn(openIdentity(identity));
  return opened ?? (await clientCertificateOf(identity.p12, identity.passphrase));
}

/** Key and certificate of a .p12. Rejects with `p12-wrong-password` or `p12-unreadable`. */
export async function readKeyPair(
  identity: PanelIdentity,
): Promise<{ readonly certificate: X509Certificate; readonly privateKey: KeyObject }> {
  const certificate = await readClientCertificate(identity);
  const { default: forge } = await import('node-forge');
  try {
    const file = forge.asn1.fromDer(identity.p12.toString('binary'));
    const { safeContents } = forge.pkcs12.pkcs12FromAsn1(file, false, identity.passphrase);
    const bags = safeContents.flatMap((content) => content.safeBags);
    const bag = bags.find((each) => each.type !== forge.pki.oids['certBag']);
    if (bag === undefined) throw new Error('there is no private key in it');
    // node-forge understands RSA only, and hands out the decrypted form of anything else.
    const asn1 = bag.key
      ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key))
      : bag.asn1;
    const key = Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary');
    const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    if (!certificate.checkPrivateKey(privateKey)) throw new Error('its key is of another one');
    return { certificate, privateKey };
  } catch (error) {
    throw p12Error(error);
  }
}

/**
 * Takes the certificate from OpenSSL, which has opened the file in a tenth of the time, where Node
 * exposes it (internally, without a promise). Avoids blocking the keyboard with a key derivation in
 * JavaScript.
 */
export function certificateIn({ context }: SecureContext): X509Certificate | undefined {
  const { getCertificate } = context as { getCertificate?: () => Buffer | null };
  const der = getCertificate?.call(context);
  return der ? new X509Certificate(der) : undefined;
}

/** The file may hold the certificate of its authority as well. */
async function clientCertificateOf(p12: Buffer, passphrase: string): Promise<X509Certificate> {
  const { default: forge } = await import('node-forge');
  try {
    const file = forge.asn1.fromDer(p12.toString('binary'));
    const { safeContents } = forge.pkcs12.pkcs12FromAsn1(file, false, passphrase);
    const bags = safeContents.flatMap((content) => content.safeBags);
    const keyId = keyIdOf(bags.find((bag) => bag.type !== forge.pki.oids['certBag']));
    const certificates = bags
      .filter((bag) => bag.type === forge.pki.oids['certBag'])
      .map((bag) => {
        // node-forge understands RSA only, and hands out the undecoded form of anything else.
        const asn1 = bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1;
        const der = Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary');
        return { keyId: keyIdOf(bag), certificate: new X509Certificate(der) };
      });
    const own =
      certificates.find((each) => keyId !== undefined && each.keyId === keyId) ??
      certificates.find((each) => !each.certificate.ca);
    if (own === undefined) throw new Error('there is no client certificate in it');
    return own.certificate;
  } catch (error) {
    throw p12Error(error);
  }
}

function keyIdOf(bag: { readonly attributes: unknown } | undefined): string | undefined {
  const attributes = bag?.attributes as { localKeyId?: readonly unknown[] } | undefined;
  const id = attributes?.localKeyId?.[0];
  return typeof id === 'string' ? id : undefined;
}

function p12Error(error: unknown): PanelError {
  const reason = messageOf(error);
  // OpenSSL's and node-forge's words; neither can tell a wrong password from a damaged file.
  if (/mac verify failure|MAC could not be verified/i.test(reason)) {
    const text = 'The password does not open the certificate file (client.p12).';
    return new PanelError('p12-wrong-password', text, error);
  }
  const text = `The certificate file (client.p12) cannot be read: ${reason}.`;
  return new PanelError('p12-unreadable', text, error);
}

export interface ClientCertificatesOptions {
  /** `~/.portlama` */
  readonly home: string;
  readonly keystore: Pick<Keystore, 'get'>;
}

/** Reads what admin certificates on this machine say; each one is opened once. */
export class ClientCertificates {
  /** By server id. */
  private readonly known = new Map<string, { readonly hash: string; readonly facts: P12Facts }>();

  constructor(private readonly options: ClientCertificatesOptions) {}

  /** Undefined when there is no file, or no password for it; of one in a keychain, when it was not made here. Rejects when the file cannot be opened. */
  async read(server: ServerEntry): Promise<P12Facts | undefined> {
    const { home, keystore } = this.options;
    if (server.authMethod === 'keychain') {
      const pem = await readServerFile(home, server.id, 'client.pem');
      return pem === undefined ? undefined : p12Facts(new X509Certificate(pem));
    }
    const p12 = await readServerP12(home, server);
    if (p12 === undefined) return undefined;
    const hash = createHash('sha256').update(p12).digest('hex');
    const before = this.known.get(server.id);
    if (before?.hash === hash) return before.facts;
    const password = await keystore.get(certificatePasswordKey(server));
    if (password === undefined) return undefined;
    const facts = await readP12(p12, password);
    this.known.set(server.id, { hash, facts });
    return facts;
  }
}
