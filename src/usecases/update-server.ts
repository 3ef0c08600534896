import { InputError } from '../core/errors.js';
import { INSTALLER_PACKAGE, PANEL_PACKAGE } from '../core/product.js';
import type { PanelApi } from '../services/panel/panel-api.js';
import { PanelError } from '../services/panel/panel-error.js';
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
import { requireServer } from './servers.js';
import type { Work } from './work.js';

export interface UpdatedServer {
  readonly server: ServerEntry;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** `current`: there was nothing newer. */
  readonly ending: UpdateEnding | 'current';
}

const POLL_MS = 2_000;
/** On a small droplet npm takes minutes (contract: update). */
const PATIENCE_MS = 10 * 60_000;
/** The sandbox's droplets take a tenth of the time at most. */
const SANDBOX_PATIENCE_MS = 10_000;

/**
 * Updates a panel, and follows it by its version: the panel takes the order and says nothing more. The order is sent
 * once, whatever becomes of its answer. `version` is of the installer; the panel server becomes the newest there is.
 */
export async function updateServer(
  wanted: string,
  { version }: { readonly version?: string | undefined },
  work: Work,
): Promise<UpdatedServer> {
  if (version !== undefined) requireVersion(version);
  const server = await requireServer(work, wanted);
  const api = await openPanelFor(server, work);
  try {
    const { status } = await api.onboarding(work.signal);
    if (status !== 'COMPLETED') throw beforeSetUp(server);
    const before = await api.version(work.signal);
    const newest = await newestPanel(work);
    if (version === undefined && newest.version === before) {
      work.face.say(`The panel of ${server.label} is the newest: ${before}.`, 'ok');
      return { server, before, after: before, ending: 'current' };
    }
    const installer = version ?? (await newestInstaller(newest.problem, work));
    await work.face.confirm(updateQuestion(server, before, newest.version));
    return await update(server, api, installer, before, work);
  } finally {
    api.close();
  }
}

async function update(
  server: ServerEntry,
  api: PanelApi,
  installer: string,
  before: string | undefined,
  work: Work,
): Promise<UpdatedServer> {
  const { face, signal } = work;
  const held = face.hold(
    `The update of ${server.label} continues there. Check its version in a few minutes.`,
  );
  try {
    await api.update(installer, signal).catch((error: unknown) => {
      // The order may have arrived: its effect is looked for, and it is not sent again.
      if (!(error instanceof PanelError) || !error.retryable) throw error;
    });
    const { ending, after } = await follow(api, before, work);
    const isGood = ending === 'updated' || ending === 'restarted';
    face.progress(undefined);
    face.say(updateText(server, ending, before, after), isGood ? 'ok' : 'warn');
    for (const line of updateHelp(server, ending)) face.say(line);
    work.news({ kind: 'servers-changed' });
    return { server, before, after, ending };
  } finally {
    held.dispose();
  }
}

/** An early answer is the old process, so only another version, or a restart, tells anything. */
async function follow(
  api: PanelApi,
  before: string | undefined,
  { clock, environment, face, signal }: Work,
): Promise<{ readonly ending: UpdateEnding; readonly after: string | undefined }> {
  const deadline = clock.monotonic() + (environment.sandbox ? SANDBOX_PATIENCE_MS : PATIENCE_MS);
  let wasDown = false;
  for (;;) {
    const after = await versionNow(api, signal);
    if (after.isUp && after.version !== before) return { ending: 'updated', after: after.version };
    if (after.isUp && wasDown) return { ending: 'restarted', after: after.version };
    wasDown ||= !after.isUp;
    face.progress(wasDown ? 'The panel is being replaced' : 'Waiting for the update to begin');
    if (clock.monotonic() > deadline)
      return { ending: wasDown ? 'down' : 'unchanged', after: after.version };
    await clock.sleep(POLL_MS, signal);
  }
}

async function versionNow(
  api: PanelApi,
  signal: AbortSignal,
): Promise<{ readonly isUp: boolean; readonly version: string | undefined }> {
  try {
    return { isUp: true, version: await api.version(signal) };
  } catch (error) {
    if (error instanceof PanelError && error.retryable) return { isUp: false, version: undefined };
    throw error;
  }
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
    message: `${JSON.stringify(version)} is no version that a panel takes.`,
    hint: 'Three numbers, of the installer, as in 1.0.53; no tag and no pre-release.',
  });
}

function beforeSetUp(server: ServerEntry): InputError {
  return new InputError({
    code: 'update-before-setup',
    message: `The panel of ${server.label} takes updates only after its set-up.`,
    hint: [
      { command: 'servers.onboard', id: serverName(server), lead: 'Set it up' },
      'If it stays without a domain:',
      ...updateByHand(server),
    ],
  });
}
