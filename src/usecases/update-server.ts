import { InputError, PortlamaError, quoted } from '../core/errors.js';
import { INSTALLER_PACKAGE, PANEL_PACKAGE } from '../core/product.js';
import { isAtWork } from '../services/provisioning/operations.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { serverName } from '../words/servers.js';
import {
  updateByHand,
  type UpdateEnding,
  updateHelp,
  updateQuestion,
  updateText,
} from '../words/updates.js';
import { openPanelFor } from './open-panel-for.js';
import { dismissOperation, held, requireOperation, resumeOperation } from './operations.js';
import { requireServer } from './servers.js';
import { findUpkeep, followUpkeep } from './upkeep.js';
import type { Work } from './work.js';

export interface UpdatedServer {
  readonly server: ServerEntry;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** `current`: there was nothing newer. */
  readonly ending: UpdateEnding | 'current';
}

/** Bad endings by the code that their operation ended with. */
const ENDINGS: Readonly<Record<string, UpdateEnding>> = {
  'update-unchanged': 'unchanged',
  'update-down': 'down',
};

/**
 * Updates a panel in a worker of its own, and follows that (`performUpdate`). An update that was ordered before is
 * followed instead, so that none is sent twice. `version` is of the installer; the panel server becomes the newest there is.
 */
export async function updateServer(
  wanted: string,
  { version }: { readonly version?: string | undefined },
  work: Work,
): Promise<UpdatedServer> {
  if (version !== undefined) requireVersion(version);
  const server = await requireServer(work, wanted);
  const ordered = await orderedBefore(server, version, work);
  if (ordered !== undefined) return await followUpdate(server, ordered, work);
  const { id, ended } = await begin(server, version, work);
  return ended ?? (await followUpdate(server, id, work));
}

type Begun =
  | { readonly id: string; readonly ended?: undefined }
  /** True when there was no newer version. */
  | { readonly id?: undefined; readonly ended: UpdatedServer };

async function begin(server: ServerEntry, version: string | undefined, work: Work): Promise<Begun> {
  const api = await openPanelFor(server, work);
  try {
    const { status } = await api.onboarding(work.signal);
    if (status !== 'COMPLETED') throw beforeSetUp(server);
    const before = await api.version(work.signal);
    const newest = await newestPanel(work);
    if (version === undefined && newest.version === before) {
      work.face.say(`The panel of ${server.label} is up to date: ${before}.`, 'ok');
      return { ended: { server, before, after: before, ending: 'current' } };
    }
    const installer = version ?? (await newestInstaller(newest.problem, work));
    await work.face.confirm(updateQuestion(server, before, newest.version));
    const handed = { session: api.session };
    const wanted = { kind: 'update', version: installer, before } as const;
    return { id: await held(work, work.operations.startUpkeep(server, wanted, handed)) };
  } finally {
    api.close();
  }
}

/** Follows an update to its end, and says what came of it. */
async function followUpdate(server: ServerEntry, id: string, work: Work): Promise<UpdatedServer> {
  const { face } = work;
  const end = await followUpkeep(id, work).catch((error: unknown) => {
    if (error instanceof PortlamaError && ENDINGS[error.code] !== undefined) return error;
    throw error;
  });
  const operation = await requireOperation(id, work);
  const { request, facts } = operation;
  const before = request.kind === 'update' ? request.before : undefined;
  const after = typeof facts?.['after'] === 'string' ? facts['after'] : undefined;
  const ending =
    end instanceof PortlamaError ? ENDINGS[end.code]! : (facts?.['ending'] as UpdateEnding);
  const isGood = !(end instanceof PortlamaError);
  face.say(updateText(server, ending, before, after), isGood ? 'ok' : 'warn');
  for (const line of updateHelp(server, ending)) face.say(line);
  await dismissOperation(id, work);
  work.news({ kind: 'servers-changed' });
  return { server, before, after, ending };
}

/** An update that was ordered before: it is followed, and no second one is sent. */
async function orderedBefore(
  server: ServerEntry,
  version: string | undefined,
  work: Work,
): Promise<string | undefined> {
  const known = await findUpkeep(server.id, 'update', work);
  if (known === undefined) return undefined;
  const { id, request, status, steps } = known;
  const isOrdered = steps.some((step) => step.id === 'order_update' && step.status !== 'pending');
  if (!isAtWork(known) && !(status === 'interrupted' && isOrdered)) {
    await dismissOperation(id, work);
    return undefined;
  }
  if (!isAtWork(known)) await resumeOperation(id, work);
  const ordered = request.kind === 'update' ? request.version : '';
  const other = version === undefined || version === ordered ? '' : ` Not sent: ${version}.`;
  work.face.say(`Following the update of ${server.label} that was requested before.${other}`);
  return id;
}

async function newestPanel(
  work: Work,
): Promise<{ readonly version?: string; readonly problem?: string }> {
  const found = await work.findNewest(PANEL_PACKAGE, work.signal);
  if (found.kind === 'found') return { version: found.version };
  const problem =
    found.kind === 'missing'
      ? `${PANEL_PACKAGE} is no longer published`
      : `the newest version is unknown: ${found.reason}`;
  return { problem };
}

async function newestInstaller(problem: string | undefined, work: Work): Promise<string> {
  const found = await work.findNewest(INSTALLER_PACKAGE, work.signal);
  if (problem === undefined && found.kind === 'found') {
    requireVersion(found.version);
    return found.version;
  }
  const why =
    problem ??
    (found.kind === 'unknown' ? found.reason : `${INSTALLER_PACKAGE} is no longer published`);
  throw new InputError({
    code: 'update-unknown',
    message: `There is nothing to update to: ${why}.`,
    hint: 'Name a version of the installer with --version, as in --version 1.0.53.',
  });
}

function requireVersion(version: string): void {
  if (/^\d+\.\d+\.\d+$/.test(version)) return;
  throw new InputError({
    code: 'version-invalid',
    message: `${quoted(version)} is not a version that a panel accepts.`,
    hint: 'Give three numbers, as in 1.0.53; no tag and no pre-release.',
  });
}

function beforeSetUp(server: ServerEntry): InputError {
  return new InputError({
    code: 'update-before-setup',
    message: `The panel of ${server.label} accepts updates only after its set-up.`,
    hint: [
      { command: 'servers.onboard', id: serverName(server), lead: 'Set it up' },
      'If it stays without a domain:',
      ...updateByHand(server),
    ],
  });
}
