import { AGENT_COMMAND, type TUNNEL_ACCESS } from '../core/product.js';
import type { PanelTunnel } from '../services/panel/calls/tunnels.js';
import { type Table } from './formats.js';
import type { Confirmation, Line } from './question.js';

export function tunnelTable(tunnels: readonly PanelTunnel[]): Table {
  return {
    head: ['TUNNEL', 'PORT', 'STATE', 'ACCESS', 'ADDRESS', 'DESCRIPTION'],
    rows: tunnels.map(({ subdomain, port, enabled, accessMode, fqdn, description }) => [
      subdomain,
      String(port),
      enabled ? 'on' : 'off',
      accessMode ?? '-',
      fqdn === undefined ? '-' : `https://${fqdn}`,
      description ?? '',
    ]),
  };
}

export function certificateWaitText(name: string): string {
  return `The panel gets a certificate for ${name}; this takes seconds, sometimes minutes`;
}

export function tunnelAddedLines(
  { subdomain, fqdn, port }: PanelTunnel,
  domain: string,
): readonly Line[] {
  return [
    `https://${fqdn ?? `${subdomain}.${domain}`} points to port ${port} of the agent’s machine.`,
    `Apply it on the agent’s machine: ${AGENT_COMMAND} update`,
  ];
}

export function removeTunnelQuestion(
  { subdomain, fqdn, port }: PanelTunnel,
  domain: string,
): Confirmation {
  return {
    title: `Remove the tunnel ${subdomain}?`,
    lines: [
      `https://${fqdn ?? `${subdomain}.${domain}`} no longer points to port ${port}. What runs there is not touched.`,
    ],
    yes: 'Remove',
    danger: true,
    typed: subdomain,
    effect: 'remove it',
    advance: { value: subdomain, refusal: `Not confirmed: ${subdomain} was not removed.` },
  };
}

/** Access to a tunnel, in the panel's words. */
export const ACCESS_WORDS: Readonly<
  Record<(typeof TUNNEL_ACCESS)[number], { readonly name: string; readonly means: string }>
> = {
  restricted: { name: 'Restricted', means: 'by the rules of the panel' },
  authenticated: { name: 'Authenticated', means: 'every user who is logged in' },
  public: { name: 'Public', means: 'everyone, without a login' },
};
