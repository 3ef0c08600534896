import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AGENT_RIGHTS } from '../../core/product.js';
import type { ClientFile } from '../pki/droplet-pki.js';
import { p12Answer } from './certificates.js';
import { ok, read, Refusal, type Route } from './route.js';
import type { PanelSite } from './site.js';
import { DAY_MS } from '../../core/time.js';

const RIGHTS: readonly string[] = AGENT_RIGHTS;
const TOKEN_MS = 600_000;
const EXPIRING_DAYS = 30;

const LABEL = z
  .string()
  .min(1)
  .max(50)
  .regex(/^[a-z0-9-]+$/, 'Label must contain only lowercase letters, numbers, and hyphens');
const GRANTED = z.array(z.string()).superRefine((capabilities, context) => {
  if (!capabilities.includes('tunnels:read')) {
    context.addIssue({
      code: 'custom',
      message: 'tunnels:read is mandatory and cannot be removed',
    });
  }
  for (const capability of capabilities.filter((each) => !RIGHTS.includes(each)))
    context.addIssue({ code: 'custom', message: `Invalid capability: ${capability}` });
});
const AGENT = z.object({
  label: LABEL,
  capabilities: GRANTED.default(['tunnels:read']),
  allowedSites: z.array(z.string()).default([]),
});
const ENROLMENT = z.object({ token: z.string(), csr: z.string() });

interface Agent {
  readonly label: string;
  capabilities: readonly string[];
  allowedSites: readonly string[];
  readonly file: ClientFile;
  readonly createdAt: string;
}

/** The agents of a panel, with the tokens of those to come. */
export class Agents {
  readonly all = new Map<string, Agent>();
  readonly tokens = new Map<string, { readonly token: string; readonly endsAt: number }>();

  capabilitiesOf(label: string): readonly string[] {
    return this.all.get(label)?.capabilities ?? [];
  }
}

export function agentRoutes(site: PanelSite, agents: Agents): readonly Route[] {
  const { certificates, clock } = site;
  const path = '/api/certs/agent';
  const common = { gate: 'management', needs: 'admin' } as const;
  const requireAgent = (label = ''): Agent => {
    const agent = agents.all.get(label);
    if (agent !== undefined) return agent;
    throw new Refusal(404, `Agent certificate "${label}" not found`);
  };
  const requireNew = (label: string): void => {
    if (!agents.all.has(label)) return;
    throw new Refusal(409, `Agent certificate with label "${label}" already exists`);
  };
  return [
    {
      method: 'GET',
      path,
      ...common,
      handle: () =>
        ok({ agents: [...agents.all.values()].map((agent) => listed(agent, clock.now())) }),
    },
    {
      method: 'POST',
      path,
      ...common,
      handle: ({ body }) => {
        const wanted = read(AGENT, body);
        requireNew(wanted.label);
        const file = certificates.authority.issueClient(`agent:${wanted.label}`);
        const createdAt = new Date(clock.now()).toISOString();
        agents.all.set(wanted.label, { ...wanted, file, createdAt });
        return ok({
          ok: true,
          label: wanted.label,
          p12Password: file.clientPassword,
          serial: file.certificate.serialNumber,
          expiresAt: new Date(file.certificate.validTo).toISOString(),
        });
      },
    },
    {
      method: 'POST',
      path: `${path}/enroll`,
      ...common,
      handle: ({ body }) => {
        const { label } = read(AGENT, body);
        requireNew(label);
        const token = randomBytes(32).toString('hex');
        const endsAt = clock.now() + TOKEN_MS;
        agents.tokens.set(label, { token, endsAt });
        return ok({ ok: true, token, label, expiresAt: new Date(endsAt).toISOString() });
      },
    },
    {
      method: 'DELETE',
      path: `${path}/enroll/:label`,
      ...common,
      handle: ({ params }) =>
        ok({ ok: true, revoked: agents.tokens.delete(params['label'] ?? '') }),
    },
    {
      method: 'GET',
      path: `${path}/:label/download`,
      ...common,
      handle: ({ params }) => {
        const { label, file } = requireAgent(params['label']);
        return p12Answer(`${label}.p12`, file.clientP12);
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:label`,
      ...common,
      handle: ({ params }) => {
        const { label, file } = requireAgent(params['label']);
        certificates.revoke(file.certificate.serialNumber, `agent:${label}`);
        agents.all.delete(label);
        return ok({ ok: true, label });
      },
    },
    {
      method: 'POST',
      path: '/api/enroll',
      gate: 'always',
      handle: ({ body }) => {
        read(ENROLMENT, body);
        // The agent's half of an enrolment is not played here.
        throw new Refusal(401, 'Invalid enrollment token');
      },
    },
  ];
}

function listed({ label, capabilities, allowedSites, file, createdAt }: Agent, now: number) {
  const endsAt = Date.parse(file.certificate.validTo);
  return {
    label,
    serial: file.certificate.serialNumber,
    capabilities,
    allowedSites,
    enrollmentMethod: 'p12',
    createdAt,
    expiresAt: new Date(endsAt).toISOString(),
    revoked: false,
    expiringSoon: endsAt - now <= EXPIRING_DAYS * DAY_MS,
  };
}
