import { type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import { makeP12 } from '../../services/pkcs12/pkcs12.js';
import {
  certificatePem,
  certify,
  type Identity,
  issueCertificate,
  privateKeyPem,
} from './certificate.js';

/** Validity in days: panel and authority as long as an installation lives, the admin's certificate two years. */
const AUTHORITY_DAYS = 3650;
const CLIENT_DAYS = 730;

/** Contents of /etc/portlama/pki as the installer leaves it, loaded by nginx at its start. */
export interface DropletPki {
  readonly authorityPem: string;
  readonly panelPem: string;
  readonly panelKeyPem: string;
  readonly clientP12: Buffer;
  readonly clientPassword: string;
}

/** A client certificate with its key, as a file and its password. */
export interface ClientFile extends Pick<DropletPki, 'clientP12' | 'clientPassword'> {
  readonly certificate: X509Certificate;
}

/** Makes the certificates of one droplet. `now` is epoch milliseconds. */
export class CertificateAuthority {
  private readonly authority: Identity;
  private readonly address: string;
  private readonly now: () => number;

  constructor(address: string, now: () => number) {
    this.address = address;
    this.now = now;
    this.authority = issueCertificate({
      // Use a unique name: Node breaks off connections when two authorities differ only in their
      // key.
      commonName: `Portlama CA ${randomBytes(4).toString('hex')}`,
      purpose: 'authority',
      now: now(),
      days: AUTHORITY_DAYS,
    });
  }

  /** Authority that issued the admin certificate. */
  get pem(): Pick<DropletPki, 'authorityPem'> {
    return { authorityPem: certificatePem(this.authority) };
  }

  /** The panel's own certificate: self-signed, its common and alternative name is the address (contract). */
  issuePanel(): Pick<DropletPki, 'panelPem' | 'panelKeyPem'> {
    const { address } = this;
    const panel = issueCertificate({
      commonName: address,
      purpose: 'panel',
      address,
      now: this.now(),
      days: AUTHORITY_DAYS,
    });
    return { panelPem: certificatePem(panel), panelKeyPem: privateKeyPem(panel) };
  }

  issueClient(commonName = 'admin'): ClientFile {
    const clientPassword = randomBytes(16).toString('hex');
    const client = issueCertificate({ commonName, ...this.clientTerms() });
    const authorities = [this.authority.certificate];
    const clientP12 = makeP12(client, authorities, clientPassword);
    return { clientP12, clientPassword, certificate: new X509Certificate(client.certificate) };
  }

  /** A client certificate for a key that is not made here. */
  certifyClient(commonName: string, publicKey: KeyObject): X509Certificate {
    return new X509Certificate(certify({ commonName, ...this.clientTerms() }, publicKey));
  }

  /** Epoch milliseconds at which the authority's own certificate ends. */
  get endsAt(): number {
    return Date.parse(new X509Certificate(this.authority.certificate).validTo);
  }

  private clientTerms() {
    const { authority: issuer } = this;
    return { issuer, purpose: 'client', now: this.now(), days: CLIENT_DAYS } as const;
  }
}
