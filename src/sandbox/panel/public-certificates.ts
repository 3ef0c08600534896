import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { ServerCertificate } from '../pki/public-authority.js';
import type { PanelSite } from './site.js';

/** Let's Encrypt's certificates of one droplet, as certbot gets them and nginx loads them. */
export class PublicCertificates {
  private readonly site: PanelSite;
  private readonly issued = new Map<string, ServerCertificate>();
  private loaded = new Map<string, SecureContextOptions>();

  constructor(site: PanelSite) {
    this.site = site;
  }

  get all(): readonly ServerCertificate[] {
    return [...this.issued.values()];
  }

  find(name: string): ServerCertificate | undefined {
    return this.issued.get(name);
  }

  /** One that is valid is kept, as certbot does. Throws with the panel's text when the name leads elsewhere. */
  issue(name: string): ServerCertificate {
    return this.issued.get(name) ?? this.renew(name);
  }

  renew(name: string): ServerCertificate {
    const { names, address, publicAuthority } = this.site;
    const found = names.find(name);
    if (typeof found === 'string' || !found.includes(address)) {
      const problem =
        found.length === 0 || typeof found === 'string'
          ? `NXDOMAIN looking up A for ${name}`
          : `${found.join(', ')}: unauthorized`;
      throw new Error(
        `Certificate issuance failed for ${name}: DNS is not pointing ${name} to this server. The ACME HTTP-01 challenge requires the domain to resolve to this server. Please verify your DNS configuration. Details: Certbot failed to authenticate some domains. DNS problem: ${problem}`,
      );
    }
    const certificate = publicAuthority.issue(name);
    this.issued.set(name, certificate);
    return certificate;
  }

  /** nginx takes up what was issued. */
  load(): void {
    this.loaded = new Map(
      this.all.map(({ name, certificatePem, keyPem }) => [
        name,
        {
          cert: certificatePem,
          key: keyPem,
          ca: this.site.certificates.authority.pem.authorityPem,
          minVersion: 'TLSv1.2',
        },
      ]),
    );
  }

  get isLoaded(): boolean {
    return this.loaded.size > 0;
  }

  /** Answers a client that names no server, or an unknown one. */
  get first(): SecureContextOptions | undefined {
    return [...this.loaded].toSorted(([one], [other]) => (one < other ? -1 : 1))[0]?.[1];
  }

  contextOf(name: string): SecureContext | undefined {
    const options = this.loaded.get(name.toLowerCase()) ?? this.first;
    return options === undefined ? undefined : createSecureContext(options);
  }
}
