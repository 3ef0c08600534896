import { z } from 'zod';
import { RESET_COMMAND, SERVER_PATH } from '../../core/product.js';
import { pause } from '../delays.js';
import { readSigningRequest } from '../pki/certificate.js';
import type { PublicCertificates } from './public-certificates.js';
import { ok, type PanelAnswer, read, Refusal, type Route } from './route.js';
import type { PanelSite } from './site.js';
import { DAY_MS } from '../../core/time.js';

const EXPIRING_DAYS = 30;
const MAX_REQUEST_LENGTH = 8192;
const RENEWAL_PERIOD_MS = 12 * 3_600_000;

/** Kind of the admin's key; panel.json has it. */
export interface AdminMode {
  mode: 'p12' | 'hardware-bound';
}

const DOMAIN = z.object({
  domain: z.string().regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, 'Invalid domain name'),
});
const REQUEST = z.object({
  csr: z
    .string()
    .min(1, 'CSR is required')
    .startsWith('-----BEGIN CERTIFICATE REQUEST-----', 'CSR must be PEM-encoded'),
});

export function certificateRoutes(
  site: PanelSite,
  admin: AdminMode,
  publicCertificates: PublicCertificates,
): readonly Route[] {
  const { certificates, clock, files } = site;
  const common = { gate: 'management', needs: 'admin' } as const;
  const requireFile = (what: string): void => {
    if (admin.mode === 'p12') return;
    throw new Refusal(
      410,
      `P12 certificate ${what} is disabled. Admin uses hardware-bound authentication. Use ${RESET_COMMAND} on the server to revert.`,
    );
  };
  return [
    { method: 'GET', path: '/api/certs', ...common, handle: () => list(site, publicCertificates) },
    {
      method: 'GET',
      path: '/api/certs/auto-renew-status',
      ...common,
      handle: () => {
        const next = Math.ceil(clock.now() / RENEWAL_PERIOD_MS) * RENEWAL_PERIOD_MS;
        return ok({ active: true, nextRun: new Date(next).toISOString(), lastRun: null });
      },
    },
    {
      method: 'GET',
      path: '/api/certs/admin/auth-mode',
      ...common,
      handle: () => ok({ adminAuthMode: admin.mode }),
    },
    {
      method: 'POST',
      path: '/api/certs/mtls/rotate',
      ...common,
      handle: () => {
        requireFile('rotation');
        const { clientPassword, certificate } = certificates.rotate();
        return ok({
          ok: true,
          p12Password: clientPassword,
          expiresAt: new Date(certificate.validTo).toISOString(),
          warning:
            'Your current browser certificate is now invalid. Download and import the new certificate before closing this page.',
        });
      },
    },
    {
      method: 'GET',
      path: '/api/certs/mtls/download',
      ...common,
      handle: () => {
        requireFile('download');
        const file = files.find(SERVER_PATH.p12);
        if (file?.kind !== 'file') throw new Refusal(404, 'No client certificate found');
        return p12Answer('client.p12', file.content);
      },
    },
    {
      method: 'POST',
      path: '/api/certs/admin/upgrade-to-hardware-bound',
      ...common,
      handle: ({ body }) => upgrade(site, admin, body),
    },
    {
      method: 'POST',
      path: '/api/certs/:domain/renew',
      ...common,
      handle: async ({ params }) => {
        const { domain } = read(DOMAIN, params);
        if (publicCertificates.find(domain) === undefined)
          throw new Refusal(404, 'Certificate not found');
        await pause(clock, site.delays.certificateMs, site.lifetime);
        const { endsAt } = renewed(publicCertificates, domain);
        return ok({ ok: true, domain, newExpiry: new Date(endsAt).toISOString() });
      },
    },
  ];
}

export function p12Answer(name: string, content: Buffer): PanelAnswer {
  return { status: 200, file: { type: 'application/x-pkcs12', name, content } };
}

function renewed(certificates: PublicCertificates, domain: string): { readonly endsAt: number } {
  try {
    const renewal = certificates.renew(domain);
    certificates.load();
    return renewal;
  } catch {
    throw new Refusal(500, 'Certificate renewal failed');
  }
}

function list({ certificates, clock }: PanelSite, { all }: PublicCertificates): PanelAnswer {
  const entry = (type: string, domain: string | null, endsAt: number, path: string) => {
    const daysUntilExpiry = Math.floor((endsAt - clock.now()) / DAY_MS);
    const expiresAt = new Date(endsAt).toISOString();
    const expiringSoon = daysUntilExpiry <= EXPIRING_DAYS;
    return { type, domain, expiresAt, daysUntilExpiry, path, expiringSoon };
  };
  const { current, authority } = certificates;
  const certs = [
    ...all.map(({ name, endsAt }) =>
      entry('letsencrypt', name, endsAt, `/etc/letsencrypt/live/${name}/fullchain.pem`),
    ),
    ...(current === undefined
      ? []
      : [entry('mtls-client', null, Date.parse(current.validTo), `${SERVER_PATH.pki}/client.crt`)]),
    entry('mtls-ca', null, authority.endsAt, `${SERVER_PATH.pki}/ca.crt`),
  ];
  const name = ({ domain }: { domain: string | null }): string => domain ?? '';
  return ok({
    certs: certs.toSorted(
      (one, other) =>
        one.daysUntilExpiry - other.daysUntilExpiry || name(one).localeCompare(name(other)),
    ),
  });
}

/** Revokes at once, and leads back by root only. */
function upgrade({ certificates }: PanelSite, admin: AdminMode, body: unknown): PanelAnswer {
  const { csr } = read(REQUEST, body);
  if (csr.length > MAX_REQUEST_LENGTH) throw new Refusal(400, 'CSR too large');
  if (admin.mode === 'hardware-bound')
    throw new Refusal(409, 'Admin is already using hardware-bound authentication');
  const key = readSigningRequest(csr);
  if (key === undefined)
    throw new Refusal(400, 'Invalid CSR: structure or signature verification failed');
  const certificate = certificates.replaceWith(key);
  admin.mode = 'hardware-bound';
  return ok({
    ok: true,
    cert: certificate.toString(),
    caCert: certificates.authority.pem.authorityPem,
    serial: certificate.serialNumber,
    expiresAt: new Date(certificate.validTo).toISOString(),
  });
}
