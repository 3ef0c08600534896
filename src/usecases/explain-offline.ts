import { PortlamaError } from '../core/errors.js';
import { joinHints } from '../core/hint.js';
import type { Droplet } from '../services/digitalocean/api.js';
import { PanelError } from '../services/panel/panel-error.js';
import { dropletIdOf, type ServerEntry } from '../services/registry/registry.js';
import { causeHint, causeText, type OfflineCause } from '../words/offline.js';
import { type DropletHome, type ServerOpening, openServer } from './open-accounts.js';

/** Why a panel does not answer, and its droplet; without one it no longer exists. */
export interface Explanation {
  readonly cause: OfflineCause;
  readonly droplet: Droplet | undefined;
}

/** Failures that call for a look at the panel's machine. */
const CAUSES: Readonly<Record<string, OfflineCause>> = {
  'panel-timeout': 'network',
  'panel-unreachable': 'network',
  'panel-name-unknown': 'network',
  'panel-refused': 'panel-down',
  'panel-server-down': 'panel-down',
  'panel-answer-unexpected': 'panel-down',
  'panel-certificate-changed': 'certificate',
  'panel-certificate-invalid': 'certificate',
  'panel-tls-too-old': 'certificate',
};

/**
 * Looks at the droplet of a server whose panel failed with this code: one call, and one more while the droplet is on.
 * Undefined for a server without a droplet, and for a failure of this machine.
 */
export async function explainOffline(
  server: ServerEntry,
  code: string,
  open: () => Promise<DropletHome>,
  signal: AbortSignal,
): Promise<Explanation | undefined> {
  const id = dropletIdOf(server);
  const fallback = CAUSES[code];
  if (id === undefined || fallback === undefined) return undefined;
  const { api, droplet } = await open();
  if (droplet === undefined) return { cause: 'gone', droplet };
  if (droplet.locked === true) return { cause: 'locked', droplet };
  if (droplet.status === 'new') return { cause: 'starting', droplet };
  if (droplet.status !== 'active') return { cause: 'off', droplet };
  const actions = (await api.listDropletActions(id, signal)) ?? [];
  const underWay = actions.find(({ status }) => status === 'in-progress');
  if (underWay === undefined) return { cause: fallback, droplet };
  return { cause: RESTARTS.has(underWay.type) ? 'starting' : 'busy', droplet };
}

const RESTARTS: ReadonlySet<string> = new Set(['reboot', 'power_cycle', 'power_on', 'create']);

/** The error of a panel that could not be asked, with what DigitalOcean knows of its droplet. */
export async function explained(
  server: ServerEntry,
  error: unknown,
  work: ServerOpening,
): Promise<unknown> {
  if (!(error instanceof PanelError) || CAUSES[error.code] === undefined) return error;
  try {
    const open = (): Promise<DropletHome> => openServer(server, work);
    const found = await explainOffline(server, error.code, open, work.signal);
    if (found === undefined) return error;
    const { message, code, hint } = error;
    return new PortlamaError({
      code,
      message: `${message} ${causeText(server, found.cause, found.droplet)}`,
      hint: joinHints(causeHint(server, found.cause), found.cause === 'network' ? hint : undefined),
      cause: error,
    });
  } catch {
    // The panel's own failure says more than that DigitalOcean could not be asked.
    return error;
  }
}
