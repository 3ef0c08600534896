import type { KeyObject, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { SERVER_PATH } from '../../core/product.js';
import type { FileSystem } from '../droplet/files.js';
import type { DropletFaults } from '../faults/droplet-faults.js';
import { CertificateAuthority, type ClientFile } from '../pki/droplet-pki.js';

const REVOKED_PATH = `${SERVER_PATH.pki}/revoked.json`;
const REVOKED = z.object({
  revoked: z.array(z.object({ serial: z.string(), label: z.string(), revokedAt: z.string() })),
});

export interface AdminCertificatesOptions {
  readonly address: string;
  readonly files: FileSystem;
  readonly faults: DropletFaults;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** /etc/portlama/pki of one droplet: its authority, the admin's certificate, what is revoked. */
export class AdminCertificates {
  readonly authority: CertificateAuthority;
  /** client.crt: the newest one, not necessarily the caller's. */
  current: X509Certificate | undefined;
  private readonly options: AdminCertificatesOptions;
  private prepared: ClientFile | undefined;

  constructor(options: AdminCertificatesOptions) {
    this.options = options;
    this.authority = new CertificateAuthority(options.address, options.now);
  }

  /** Makes the next one ahead of time. */
  prepare(): void {
    this.prepared = this.authority.issueClient();
  }

  /** Installer and reset: a new certificate with its password in the usual places. */
  install(): string {
    const { files, faults } = this.options;
    const issued = this.prepared ?? this.authority.issueClient();
    this.prepared = undefined;
    files.makeFolders(SERVER_PATH.pki, 0o700);
    const password = faults.has('p12-password-wrong') ? 'not-its-password' : issued.clientPassword;
    if (!faults.has('p12-missing')) files.writeFile(SERVER_PATH.p12, issued.clientP12, 0o600);
    files.writeFile(SERVER_PATH.p12Password, password, 0o600);
    this.current = issued.certificate;
    return password;
  }

  /** Rotation: the file is a new one, .p12-password keeps the old password (contract: certificates). */
  rotate(): ClientFile {
    const issued = this.authority.issueClient('Portlama Client');
    this.options.files.writeFile(SERVER_PATH.p12, issued.clientP12, 0o600);
    this.current = issued.certificate;
    return issued;
  }

  /** Certifies a key of the caller's, and revokes what was in client.crt. */
  replaceWith(publicKey: KeyObject): X509Certificate {
    const issued = this.authority.certifyClient('admin', publicKey);
    if (this.current !== undefined) this.revoke(this.current.serialNumber, 'admin (upgraded)');
    this.current = issued;
    return issued;
  }

  revoke(serial: string, label: string): void {
    const { files, now } = this.options;
    const revoked = [
      ...this.revoked(),
      { serial, label, revokedAt: new Date(now()).toISOString() },
    ];
    files.makeFolders(SERVER_PATH.pki, 0o700);
    files.writeFile(REVOKED_PATH, JSON.stringify({ revoked }, null, 2), 0o600);
  }

  isRevoked(serial: string): boolean {
    return this.revoked().some((each) => each.serial === serial);
  }

  /** Read on every call, so that root may add to it. */
  private revoked(): z.output<typeof REVOKED>['revoked'] {
    const text = this.options.files.readText(REVOKED_PATH);
    return text === undefined ? [] : REVOKED.parse(JSON.parse(text)).revoked;
  }
}
