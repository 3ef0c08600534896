import { X509Certificate } from 'node:crypto';
import { certificatePem, type Identity, issueCertificate, privateKeyPem } from './certificate.js';

const AUTHORITY_DAYS = 3650;
/** Validity of Let's Encrypt's certificates. */
const SERVER_DAYS = 90;

/** A certificate for a DNS name, with its key; PEM. */
export interface ServerCertificate {
  readonly name: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  /** Epoch milliseconds. */
  readonly endsAt: number;
}

/** Let's Encrypt of the sandbox: one authority for all droplets. `now` is epoch milliseconds. */
export class PublicAuthority {
  private readonly now: () => number;
  private authority: Identity | undefined;

  constructor(now: () => number) {
    this.now = now;
  }

  /** PEM of what a client has to trust. */
  get pem(): string {
    return certificatePem(this.identity());
  }

  issue(name: string): ServerCertificate {
    const server = issueCertificate({
      commonName: name,
      issuer: this.identity(),
      purpose: 'server',
      dnsName: name,
      now: this.now(),
      days: SERVER_DAYS,
    });
    const endsAt = Date.parse(new X509Certificate(server.certificate).validTo);
    return { name, certificatePem: certificatePem(server), keyPem: privateKeyPem(server), endsAt };
  }

  private identity(): Identity {
    return (this.authority ??= issueCertificate({
      commonName: 'Sandbox Public CA',
      purpose: 'authority',
      now: this.now(),
      days: AUTHORITY_DAYS,
    }));
  }
}
