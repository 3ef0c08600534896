import { AGENT_PACKAGE, AGENT_TOKEN_VARIABLE } from '../core/product.js';
import { shellWord } from '../core/shell-word.js';
import type { PanelAgentCertificate } from '../services/panel/calls/agents.js';
import { type Table } from './formats.js';
import type { Confirmation } from './question.js';
import { dayText } from './users.js';

export function agentTable(agents: readonly PanelAgentCertificate[]): Table {
  return {
    head: ['AGENT', 'UNTIL', 'BY', 'MAY'],
    rows: agents.map(({ label, expiresAt, revoked, enrollmentMethod, capabilities }) => [
      label,
      revoked ? 'revoked' : dayText(expiresAt),
      enrollmentMethod ?? '-',
      capabilities.join(' '),
    ]),
  };
}

export function agentKeptText(name: string, file: string): string {
  return `The certificate of ${name} is in ${file}, readable for you only.`;
}

export function agentPasswordText(name: string, password: string): string {
  return `The password of ${name}, shown once: ${password}`;
}

export function revokeAgentQuestion(name: string): Confirmation {
  return {
    title: `Revoke the certificate of ${name}?`,
    lines: [`${name} can no longer reach the panel, nor get changes to its tunnels.`],
    yes: 'Revoke',
    danger: true,
    typed: name,
    effect: 'revoke it',
    advance: { value: name, refusal: `Not confirmed: ${name} was not revoked.` },
  };
}

/** The line that sets an agent up on its own machine, with the token in its environment: secret, shown once. */
export function agentSetupLine(name: string, token: string, panelUrl: string): string {
  return `${AGENT_TOKEN_VARIABLE}=${token} npx ${AGENT_PACKAGE} setup --label ${shellWord(name)} --panel-url ${panelUrl}`;
}

export function tokenText(name: string, expiresAt: string | undefined): string {
  const until = expiresAt === undefined ? '' : ` until ${expiresAt.slice(11, 16)} UTC`;
  return `On the machine of ${name}, once${until}; the token is shown once:`;
}
