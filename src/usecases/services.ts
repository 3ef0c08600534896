import { InputError, quoted } from '../core/errors.js';
import { LOGGED_UNITS, UNIT } from '../core/product.js';
import type { PanelService } from '../services/panel/panel-bodies.js';
import { PanelApiError } from '../services/panel/panel-api-error.js';
import { PanelError } from '../services/panel/panel-error.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { UnitLog } from '../services/ssh/unit-log.js';
import { restartedText, restartQuestion } from '../words/status.js';
import { lookFor, onPanel, requireNamed, type SetUpPanel } from './on-panel.js';
import { requireServer } from './servers.js';
import type { Work } from './work.js';

/** A panel answers again some seconds after its restart; on a small droplet some more. */
const RESTART_PATIENCE_MS = 60_000;
const LOG_LINES = { usual: 100, max: 2_000 };

export interface ListedServices {
  readonly server: ServerEntry;
  readonly services: readonly PanelService[];
}

export interface RestartedService {
  readonly server: ServerEntry;
  readonly name: string;
  /** State afterwards; undefined where the panel does not say it. */
  readonly service: PanelService | undefined;
}

export interface ShownLog {
  readonly server: ServerEntry;
  readonly unit: string;
  readonly lines: number;
  readonly log: UnitLog;
}

export async function listServices(wanted: string, work: Work): Promise<ListedServices> {
  return await onPanel(
    wanted,
    { what: 'Services', isLook: true },
    work,
    async ({ server, api }) => ({
      server,
      services: await api.services(work.signal),
    }),
  );
}

/**
 * Restarts a service. The panel and nginx cut their own answer off: neither is a failure once the panel answers again.
 */
export async function restartService(
  wanted: string,
  name: string,
  work: Work,
): Promise<RestartedService> {
  return await onPanel(wanted, { what: 'Services' }, work, async (panel) => {
    const { server, api } = panel;
    const { face, signal } = work;
    requireNamed('service', name, await api.services(signal), (each) => each.name, server);
    await face.confirm(restartQuestion(name));
    face.progress(`Restarting ${name}`);
    await api.restartService(name, signal).catch((error: unknown) => {
      if (!isOwnEnd(error, name)) throw error;
    });
    await untilAnswered(panel, name, work);
    const service = await stateOf(panel, name, work);
    const isGood = service === undefined || service.status === 'active';
    face.say(restartedText(name, service), isGood ? 'ok' : 'warn');
    return { server, name, service };
  });
}

/** Reads the end of a unit's log over SSH with a key of the person's; else the line to type is shown. */
export async function showLog(
  wanted: string,
  unit: string,
  wantedLines: string | undefined,
  work: Work,
): Promise<ShownLog> {
  const lines = requireLines(wantedLines);
  const server = await requireServer(work, wanted);
  requireNamed('log', unit, LOGGED_UNITS, (name) => name, server);
  const hostKey = await work.ssh.hostKey(server.id);
  const log: UnitLog =
    hostKey === undefined
      ? { kind: 'unread', reason: 'its SSH host key is not kept here.' }
      : await readLog({ server, hostKey, unit, lines }, work);
  return { server, unit, lines, log };
}

async function readLog(
  target: Parameters<Work['ssh']['readLog']>[0],
  work: Work,
): Promise<UnitLog> {
  work.face.progress(`Asking ${target.server.ip} over SSH`);
  const { sshKeys = [] } = await work.readServerMeta(target.server.id);
  const keyFile = sshKeys.find(({ file }) => file !== undefined)?.file;
  const log = await work.ssh.readLog({ ...target, keyFile }, work.signal);
  work.face.progress(undefined);
  return log;
}

/** The order arrived, and the restart ended what would have answered (contract: services). */
function isOwnEnd(error: unknown, name: string): boolean {
  if (name === UNIT.panel && error instanceof PanelApiError) return error.code === 'panel-failed';
  const isCut = error instanceof PanelError && error.retryable;
  return isCut && (name === UNIT.panel || name === 'nginx');
}

/** Health needs no second factor, whose session a restart may have ended. */
async function untilAnswered({ server, api }: SetUpPanel, name: string, work: Work): Promise<void> {
  const look = async (): Promise<true> => {
    await api.version(work.signal);
    return true;
  };
  if ((await lookFor({ look, patienceMs: RESTART_PATIENCE_MS }, work)) !== undefined) return;
  throw new PanelError(
    'panel-server-down',
    `${name} of ${server.label} was restarted, but the panel has not answered since.`,
  );
}

async function stateOf(
  { api }: SetUpPanel,
  name: string,
  { signal }: Work,
): Promise<PanelService | undefined> {
  try {
    return (await api.services(signal)).find((service) => service.name === name);
  } catch (error) {
    if (error instanceof PanelApiError && error.code === 'panel-two-factor') return undefined;
    throw error;
  }
}

function requireLines(text = String(LOG_LINES.usual)): number {
  const lines = Number(text);
  if (Number.isInteger(lines) && lines > 0 && lines <= LOG_LINES.max) return lines;
  throw new InputError({
    code: 'lines-invalid',
    message: `${quoted(text)} is not a number of lines: use 1 to ${LOG_LINES.max}.`,
  });
}
