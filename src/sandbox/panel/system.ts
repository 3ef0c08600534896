import { z } from 'zod';
import { INSTALLER_COMMAND, SERVICES, UNIT } from '../../core/product.js';
import { pause } from '../delays.js';
import { ok, type PanelAnswer, read, Refusal, type Route } from './route.js';
import type { Authelia, ServiceName, Services } from './services.js';
import type { Nginx, PanelSite } from './site.js';

const ACTIONS = ['start', 'stop', 'restart', 'reload'];
const GIB = 1024 ** 3;
/** A droplet of the smallest size, mostly idle. */
const MEMORY = { total: 0.5 * GIB, used: 0.28 * GIB, free: 0.22 * GIB };
const DISK = { total: 10 * GIB, used: 2.9 * GIB, free: 7.1 * GIB };
const NO_RULE =
  'sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper\nsudo: a password is required';
const UPDATE = z.object({
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'Version must be semver (e.g. 1.0.43)'),
});

export interface SystemParts {
  readonly services: Services;
  readonly authelia: Authelia;
  readonly nginx: Nginx;
  /** The version that the panel server says. */
  readonly version: { current: string };
}

export function systemRoutes(site: PanelSite, parts: SystemParts): readonly Route[] {
  const { services, version } = parts;
  const startedAt = site.clock.monotonic();
  return [
    {
      method: 'GET',
      path: '/api/health',
      gate: 'always',
      skipsTwoFactor: true,
      handle: () => ok({ status: 'ok', version: version.current }),
    },
    {
      method: 'GET',
      path: '/api/system/stats',
      gate: 'management',
      needs: 'system:read',
      handle: () =>
        ok({
          cpu: { usage: 4.1, cores: 1 },
          memory: MEMORY,
          disk: DISK,
          uptime: Math.round((site.clock.monotonic() - startedAt) / 10) / 100,
        }),
    },
    {
      method: 'GET',
      path: '/api/services',
      gate: 'management',
      needs: 'services:read',
      handle: () => ok({ services: services.list() }),
    },
    {
      method: 'GET',
      path: '/api/services/:name/logs',
      gate: 'management',
      needs: 'admin',
      // The panel's user may not read the journal: the stream ends at once (contract: logs).
      stream: (socket, { params }) => {
        if (!isService(params['name'] ?? '')) {
          socket.close(1008, 'Unknown service');
          return;
        }
        const timestamp = new Date(site.clock.now()).toISOString();
        socket.send(JSON.stringify({ timestamp, message: '[Log stream ended]' }));
        socket.close(1000, 'Log stream ended');
      },
    },
    {
      method: 'POST',
      path: '/api/services/:name/:action',
      gate: 'management',
      needs: 'services:write',
      handle: ({ params }) => act(site, parts, params['name'] ?? '', params['action'] ?? ''),
    },
    {
      method: 'POST',
      path: '/api/system/update',
      gate: 'management',
      needs: 'admin',
      handle: ({ body }) => {
        const wanted = read(UPDATE, body).version;
        update(site, parts, wanted).catch((error: unknown) => {
          if (!site.lifetime.aborted) throw error;
        });
        const message = `Update to ${INSTALLER_COMMAND}@${wanted} initiated. The panel will restart shortly.`;
        return ok({ ok: true, message }, 202);
      },
    },
  ];
}

function isService(name: string): name is ServiceName {
  return (SERVICES as readonly string[]).includes(name);
}

function act(site: PanelSite, parts: SystemParts, name: string, action: string): PanelAnswer {
  if (!isService(name)) throw new Refusal(400, 'Unknown service');
  if (!ACTIONS.includes(action)) throw new Refusal(400, 'Invalid action');
  if (name === UNIT.panel && action === 'stop') {
    throw new Refusal(
      400,
      'Cannot stop the panel service from the UI — it would terminate this session',
    );
  }
  if (action === 'reload') refuseReload(name);
  const { services, authelia, nginx } = parts;
  if (action === 'stop') services.stop(name);
  else if (action === 'restart') services.restart(name);
  else if (action === 'start') services.start(name);
  if (name === 'authelia' && action !== 'stop') authelia.load();
  if (name === 'nginx' && action === 'restart') nginx.restart();
  if (name === 'nginx' && action === 'stop') nginx.stop();
  if (name === UNIT.panel && action === 'restart') {
    nginx.restartServer(site.delays.restartMs);
    throw new Refusal(500, `Failed to restart ${UNIT.panel}`, {
      details: `Command was killed with SIGTERM (Termination): sudo systemctl restart ${UNIT.panel}`,
    });
  }
  return ok({ ok: true, name, action });
}

function refuseReload(name: ServiceName): void {
  if (name === 'nginx') return;
  throw new Refusal(500, `Failed to reload ${name}`, {
    details:
      name === 'authelia'
        ? 'Failed to reload authelia.service: Job type reload is not applicable for unit authelia.service.'
        : NO_RULE,
  });
}

/** Installs the newest panel server, whatever version of the installer was asked for (contract: update). */
async function update(
  { clock, delays, releases, faults, lifetime }: PanelSite,
  { nginx, version }: SystemParts,
  wanted: string,
): Promise<void> {
  const failure = faults.find('update-fails');
  await pause(clock, delays.updateMs, lifetime);
  if (!releases.installers.has(wanted) || failure?.when === 'before-stop') return;
  if (failure?.when === 'after-stop') {
    nginx.stopServer();
    return;
  }
  version.current = releases.panelServer;
  nginx.restartServer(delays.restartMs);
}
