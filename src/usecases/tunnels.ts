import { InputError, quoted } from '../core/errors.js';
import { TUNNEL_ACCESS } from '../core/product.js';
import type { NewTunnel, PanelTunnel } from '../services/panel/calls/tunnels.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { certificateWaitText, removeTunnelQuestion, tunnelAddedLines } from '../words/tunnels.js';
import { serverName } from '../words/servers.js';
import {
  CERTIFICATE_PATIENCE_MS,
  onPanel,
  requireNamed,
  sendOnce,
  type SetUpPanel,
} from './on-panel.js';
import type { Work } from './work.js';

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const PORTS = { min: 1024, max: 65_535 };
const ACCESS: readonly string[] = TUNNEL_ACCESS;

export interface ListedTunnels {
  readonly server: ServerEntry;
  readonly tunnels: readonly PanelTunnel[];
}

export async function listTunnels(wanted: string, work: Work): Promise<ListedTunnels> {
  return await onPanel(wanted, { what: 'Tunnels', isLook: true }, work, async (panel) => ({
    server: panel.server,
    tunnels: await panel.api.tunnels.list(work.signal),
  }));
}

/**
 * Leads a name below the domain to a port of an agent's machine. The panel gets a certificate for it first, up to
 * minutes: nginx may give up before, so the tunnel itself is looked for. It is asked for once.
 */
export async function addTunnel(
  wanted: string,
  tunnel: NewTunnel,
  work: Work,
): Promise<PanelTunnel> {
  requireTunnel(tunnel);
  return await onPanel(wanted, { what: 'Tunnels' }, work, async (panel) => {
    const { api, server, domain } = panel;
    const { face, signal } = work;
    // Seen before, so that one that is found later is the one asked for here.
    const before = await api.tunnels.list(signal);
    requireFree(tunnel, before, server);
    const held = face.hold([
      `The panel continues with ${tunnel.subdomain}.${domain}.`,
      { command: 'servers.tunnels', id: serverName(server), lead: 'Look again' },
    ]);
    try {
      const name = `${tunnel.subdomain}.${domain}`;
      face.progress(certificateWaitText(name));
      const isIt = ({ subdomain }: PanelTunnel): boolean => subdomain === tunnel.subdomain;
      const made = await sendOnce(
        {
          what: name,
          send: () => api.tunnels.add(tunnel, signal),
          look: async () => (await api.tunnels.list(signal)).find(isIt),
          patienceMs: CERTIFICATE_PATIENCE_MS,
        },
        panel,
        work,
      );
      for (const line of tunnelAddedLines(made, domain)) face.say(line, 'ok');
      return made;
    } finally {
      held.dispose();
    }
  });
}

export async function setTunnel(
  wanted: string,
  name: string,
  enabled: boolean,
  work: Work,
): Promise<PanelTunnel> {
  return await onPanel(wanted, { what: 'Tunnels' }, work, async (panel) => {
    const tunnel = await requireTunnelOf(panel, name, work);
    const { tunnels } = panel.api;
    const after = { ...tunnel, enabled };
    const isSo = (each: PanelTunnel): boolean => each.id === tunnel.id && each.enabled === enabled;
    await sendOnce(
      {
        what: `${name} ${enabled ? 'on' : 'off'}`,
        send: async () => {
          await tunnels.setEnabled(tunnel.id, enabled, work.signal);
          return after;
        },
        look: async () => (await tunnels.list(work.signal)).find(isSo),
      },
      panel,
      work,
    );
    work.face.say(`${name} is ${enabled ? 'on' : 'off'}.`, 'ok');
    return after;
  });
}

export async function removeTunnel(wanted: string, name: string, work: Work): Promise<PanelTunnel> {
  return await onPanel(wanted, { what: 'Tunnels' }, work, async (panel) => {
    const tunnel = await requireTunnelOf(panel, name, work);
    await work.face.confirm(removeTunnelQuestion(tunnel, panel.domain));
    const { tunnels } = panel.api;
    await sendOnce(
      {
        what: `Removal of ${name}`,
        send: async () => {
          await tunnels.remove(tunnel.id, work.signal);
          return true;
        },
        look: async () => {
          const rest = await tunnels.list(work.signal);
          return rest.some(({ id }) => id === tunnel.id) ? undefined : true;
        },
      },
      panel,
      work,
    );
    work.face.say(`Removed ${name}.`, 'ok');
    return tunnel;
  });
}

async function requireTunnelOf(
  { api, server }: SetUpPanel,
  name: string,
  { signal }: Work,
): Promise<PanelTunnel> {
  const tunnels = await api.tunnels.list(signal);
  return requireNamed('tunnel', name, tunnels, ({ subdomain }) => subdomain, server);
}

function requireTunnel({ subdomain, port, accessMode }: NewTunnel): void {
  if (!LABEL.test(subdomain))
    throw invalid(
      `${quoted(subdomain)} is not a valid tunnel name.`,
      'Use one label of lowercase letters, digits and hyphens: blog gives blog.<domain>.',
    );
  if (!Number.isInteger(port) || port < PORTS.min || port > PORTS.max)
    throw invalid(
      'The port of a tunnel is a number from 1024 to 65535.',
      'It is the port on the agent’s machine that the name forwards to.',
    );
  if (accessMode !== undefined && !ACCESS.includes(accessMode))
    throw invalid(`${quoted(accessMode)} is not an access mode.`, `Use ${ACCESS.join(', ')}.`);
}

function requireFree(
  { subdomain, port }: NewTunnel,
  tunnels: readonly PanelTunnel[],
  { label }: ServerEntry,
): void {
  const other = tunnels.find((each) => each.subdomain === subdomain || each.port === port);
  if (other === undefined) return;
  throw invalid(
    other.subdomain === subdomain
      ? `${label} already has a tunnel ${subdomain}, to port ${other.port}.`
      : `Port ${port} belongs to the tunnel ${other.subdomain} of ${label}.`,
    'Choose another, or remove that tunnel first.',
  );
}

function invalid(message: string, hint: string): InputError {
  return new InputError({ code: 'tunnel-invalid', message, hint });
}
