import { z } from 'zod';
import type { PanelAgentCertificate } from '../../services/panel/calls/agents.js';
import type { PanelTunnel } from '../../services/panel/calls/tunnels.js';
import type { PanelInvitation, PanelUser } from '../../services/panel/calls/users.js';
import type { PanelCertificate, PanelService } from '../../services/panel/panel-bodies.js';

/** A tunnel: line of the list, and after a change. */
export const TUNNEL = z.object({
  id: z.string(),
  name: z.string(),
  port: z.number(),
  enabled: z.boolean(),
  access: z.string().nullable(),
  url: z.string().nullable(),
  description: z.string().nullable(),
});

export function tunnelAnswer(tunnel: PanelTunnel): z.output<typeof TUNNEL> {
  const { id, subdomain, port, enabled, accessMode, fqdn, description } = tunnel;
  const url = fqdn === undefined ? null : `https://${fqdn}`;
  const more = { access: accessMode ?? null, url, description: description ?? null };
  return { id, name: subdomain, port, enabled, ...more };
}

export const USER = z.object({
  kind: z.literal('user'),
  username: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  groups: z.array(z.string()),
});
const INVITATION = z.object({
  kind: z.literal('invitation'),
  id: z.string(),
  username: z.string(),
  email: z.string().nullable(),
  /** `pending`, `accepted` or `expired`. */
  status: z.string().nullable(),
  expiresAt: z.string().nullable(),
});
/** Line of `servers users`. */
export const USER_ROW = z.discriminatedUnion('kind', [USER, INVITATION]);

export function userAnswer(user: PanelUser): z.output<typeof USER> {
  const { username, displayname = null, email = null, groups } = user;
  return { kind: 'user', username, name: displayname, email, groups: [...groups] };
}

export function invitationAnswer(invitation: PanelInvitation): z.output<typeof INVITATION> {
  const { id, username, email = null, status = null, expiresAt = null } = invitation;
  return { kind: 'invitation', id, username, email, status, expiresAt };
}

/** Link that a person opens; secret, and in this answer only. */
export const INVITED = z.object({
  username: z.string(),
  inviteUrl: z.string(),
  expiresAt: z.string().optional(),
});

/** Second factor of a user; secret, and in this answer only. */
export const USER_FACTOR = z.object({ username: z.string(), totpUri: z.string() });

/** Line of `servers agents`. */
export const AGENT = z.object({
  name: z.string(),
  capabilities: z.array(z.string()),
  /** `p12`, or by a token. */
  enrolledBy: z.string().nullable(),
  expiresAt: z.string().nullable(),
  revoked: z.boolean(),
});

export function agentAnswer(agent: PanelAgentCertificate): z.output<typeof AGENT> {
  const { label, enrollmentMethod = null, expiresAt = null, revoked } = agent;
  const capabilities = [...agent.capabilities];
  return { name: label, capabilities, enrolledBy: enrollmentMethod, expiresAt, revoked };
}

/** Certificate of an agent; its password is secret, and in this answer only. */
export const AGENT_CREATED = z.object({
  name: z.string(),
  password: z.string(),
  file: z.string(),
  expiresAt: z.string().optional(),
});

/** Token of an agent; secret, and in this answer only. */
export const AGENT_TOKEN = z.object({
  name: z.string(),
  token: z.string(),
  panelUrl: z.string(),
  /** Line to type on the agent's machine. */
  command: z.string(),
  expiresAt: z.string().optional(),
});

export const AGENT_FILE = z.object({ name: z.string(), file: z.string() });

/** Name of the removed object. */
export const REMOVED = z.object({ removed: z.string() });

export const FACTOR = z.object({ server: z.string(), enabled: z.boolean() });
/** First the secrets, in this answer only; then the state. */
export const FACTOR_SETUP = z.union([
  z.object({ uri: z.string(), manualKey: z.string() }),
  FACTOR.extend({ panelUrl: z.string() }),
]);

/** Line of `servers certificates`. */
export const CERTIFICATE = z.object({
  /** `letsencrypt`, `mtls-client` or `mtls-ca`. */
  type: z.string(),
  /** For a public certificate. */
  domain: z.string().nullable(),
  expiresAt: z.string(),
  /** True when the timer that renews a public certificate is on. */
  renewsItself: z.boolean().optional(),
});

export function certificateAnswer(
  { type, domain = null, expiresAt }: PanelCertificate,
  renewsItself?: boolean,
): z.output<typeof CERTIFICATE> {
  const renewal = domain === null || renewsItself === undefined ? {} : { renewsItself };
  return { type, domain, expiresAt, ...renewal };
}

/** Line of `servers services`, and after a restart. */
export const SERVICE = z.object({
  name: z.string(),
  /** Word of systemd, or `unknown`. */
  status: z.string(),
  uptime: z.string().nullable(),
});

export function serviceAnswer(service: PanelService): z.output<typeof SERVICE> {
  const { name, status, uptime = null } = service;
  return { name, status, uptime };
}

/** One line of a log, or why it cannot be read from here. */
export const LOG_LINE = z.union([
  z.object({ unit: z.string(), line: z.string() }),
  z.object({ unit: z.string(), unread: z.string(), command: z.string() }),
]);
