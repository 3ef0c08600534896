import { createHash, X509Certificate } from 'node:crypto';

/** A certificate as it is shown and compared. */
export interface CertificateFacts {
  readonly pem: string;
  /** Fingerprint of the whole certificate: `AB:CD:…`, as browsers and openssl print it. */
  readonly sha256: string;
  /**
   * Hash of its public key (RFC 7469): base64 SHA-256 of the SubjectPublicKeyInfo. Pins compare
   * this one.
   */
  readonly spkiSha256: string;
  /** `CN=203.0.113.42`, one attribute a line. From outside: escape before showing. */
  readonly subject: string;
  readonly issuer: string;
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly selfSigned: boolean;
}

/** Reads a certificate given as PEM or DER. Throws when it is none. */
export function certificateFacts(certificate: X509Certificate | string | Buffer): CertificateFacts {
  const x509 =
    certificate instanceof X509Certificate ? certificate : new X509Certificate(certificate);
  return {
    pem: x509.toString(),
    sha256: x509.fingerprint256,
    spkiSha256: spkiSha256(x509),
    subject: x509.subject,
    issuer: x509.issuer,
    notBefore: Date.parse(x509.validFrom),
    notAfter: Date.parse(x509.validTo),
    selfSigned: x509.checkIssued(x509) && x509.verify(x509.publicKey),
  };
}

export function spkiSha256(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64');
}
