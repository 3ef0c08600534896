import type { PanelDesk } from '../../../src/app/ports.js';
import { addManualServer } from '../../../src/services/panel/add-server.js';
import type { P12Facts } from '../../../src/services/panel/identity.js';
import type { PanelInspection } from '../../../src/services/panel/inspect.js';
import { parsePanelUrl, suggestedLabel } from '../../../src/services/panel/panel-url.js';
import type { CertificateFacts } from '../../../src/services/panel/panel-tls.js';
import type { Clock } from '../../../src/core/time.js';
import type { ServerEntry } from '../../../src/services/registry/registry.js';
import type { FakeRegistry } from './fake-registry.js';

/** A certificate by one of its bytes; no key stands behind it. */
export function certificate(byte: string, selfSigned = true): CertificateFacts {
  return {
    pem: `-----BEGIN CERTIFICATE-----\n${byte}\n-----END CERTIFICATE-----\n`,
    sha256: Array.from({ length: 32 }, () => byte).join(':'),
    spkiSha256: `key ${byte}`,
    subject: 'CN=203.0.113.42',
    issuer: 'CN=203.0.113.42',
    notBefore: Date.parse('2026-11-20'),
    notAfter: Date.parse('2028-11-19'),
    selfSigned,
  };
}

/** Panels that answer as the test says; what is trusted is kept in memory. */
export class FakePanels implements PanelDesk {
  /** What the panel shows from now on. */
  shown: Partial<PanelInspection> = {};
  /** Rejects the next looks with this. */
  failure: Error | undefined;
  /** A look waits for it. */
  gate: Promise<void> = Promise.resolve();
  readonly looked: string[] = [];
  readonly pins = new Map<string, CertificateFacts | undefined>();
  readonly hostKeys = new Map<string, string>();
  readonly clientCertificates = new Map<string, P12Facts | Error>();
  readonly certificateReads: string[] = [];

  constructor(
    private readonly registry: FakeRegistry,
    private readonly clock: Clock,
  ) {}

  readonly inspect: PanelDesk['inspect'] = async (urlText, { labels }) => {
    const where = parsePanelUrl(urlText);
    this.looked.push(where.url);
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    return {
      ...where,
      address: '203.0.113.77',
      certificate: certificate('AB'),
      trust: 'confirm',
      isPortlama: true,
      wantsCertificate: true,
      httpStatus: 400,
      suggestedLabel: suggestedLabel(where.host, labels),
      ...this.shown,
    };
  };

  readonly add: PanelDesk['add'] = async (inspection, choice) => {
    const { registry, clock } = this;
    // As it is, but for the file.
    const home = '/dev/null/portlama';
    const checked = { ...inspection, trust: 'public' } as const;
    const server = await addManualServer({ registry, home, clock }, checked, choice);
    if (inspection.trust === 'confirm') this.pins.set(server.id, inspection.certificate);
    return server;
  };

  async pinned({ id }: ServerEntry): Promise<CertificateFacts | undefined> {
    return this.pins.get(id);
  }

  async pin(serverId: string, trusted: CertificateFacts | undefined): Promise<void> {
    this.pins.set(serverId, trusted);
  }

  async sshHostKey(serverId: string): Promise<string | undefined> {
    return this.hostKeys.get(serverId);
  }

  async readClientCertificate(server: ServerEntry): Promise<P12Facts | undefined> {
    this.certificateReads.push(server.label);
    const found = this.clientCertificates.get(server.id);
    if (found instanceof Error) throw found;
    return found;
  }
}
