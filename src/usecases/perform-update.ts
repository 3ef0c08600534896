import { PortlamaError } from '../core/errors.js';
import type { PanelApi } from '../services/panel/panel-api.js';
import { PanelError } from '../services/panel/panel-error.js';
import type { UpkeepRequest } from '../services/provisioning/journal/records.js';
import { type UpkeepEnd, wasBegun } from '../services/provisioning/worker/upkeep.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { type UpdateEnding, updateHelp, updateText } from '../words/updates.js';
import { openPanelFor } from './open-panel-for.js';
import type { Performing } from './perform-upkeep.js';
import { requireServer } from './servers.js';
import type { Work } from './work.js';

type Request = Extract<UpkeepRequest, { kind: 'update' }>;

const POLL_MS = 2_000;
/** On a small droplet npm takes minutes (contract: update). */
const PATIENCE_MS = 10 * 60_000;
/** The sandbox's droplets take a tenth of the time at most. */
const SANDBOX_PATIENCE_MS = 10_000;
/** Sub-step that says that the old process was stopped. */
const REPLACING = 'replace_panel';

/**
 * Orders an update, and follows it by the panel's version: the panel takes the order and says nothing more. The order
 * is in the journal before it is sent, so that it is sent once whatever becomes of its answer, or of this process.
 */
export async function performUpdate(request: Request, performing: Performing): Promise<UpkeepEnd> {
  const { work, run, step } = performing;
  const server = await requireServer(work, request.serverId);
  const panel = new Panel(server, work);
  try {
    if (!wasBegun(run.history, 'order_update')) {
      const api = await panel.open();
      const refusal = await step('order_update', () => order(api, request.version, work));
      if (refusal !== undefined) return { failure: refusal };
    }
    const { before } = request;
    const { ending, after } = await step('follow_update', () => follow(panel, before, performing));
    if (ending === 'updated' || ending === 'restarted')
      return { server, facts: { ending, before: before ?? null, after: after ?? null } };
    return {
      failure: new PortlamaError({
        code: `update-${ending}`,
        message: updateText(server, ending, before, after),
        hint: updateHelp(server, ending),
      }),
    };
  } finally {
    panel.close();
  }
}

/** Resolves to the panel's refusal. An order without an answer may have arrived: its effect is looked for. */
async function order(
  api: PanelApi,
  version: string,
  { signal }: Work,
): Promise<PortlamaError | undefined> {
  try {
    await api.update(version, signal);
  } catch (error) {
    if (error instanceof PanelError && error.retryable) return undefined;
    if (error instanceof PortlamaError) return error;
    throw error;
  }
  return undefined;
}

/** An early answer is the old process, so only another version, or a restart, tells anything. */
async function follow(
  panel: Panel,
  before: string | undefined,
  { work, run }: Performing,
): Promise<{ readonly ending: UpdateEnding; readonly after: string | undefined }> {
  const { clock, environment, face, signal } = work;
  const deadline = clock.monotonic() + (environment.sandbox ? SANDBOX_PATIENCE_MS : PATIENCE_MS);
  let wasDown = run.history.some(
    (record) => record.event === 'substep' && record.name === REPLACING,
  );
  for (;;) {
    const after = await panel.look();
    if (after.isUp && after.version !== before) return { ending: 'updated', after: after.version };
    if (after.isUp && wasDown) return { ending: 'restarted', after: after.version };
    if (!after.isUp && !wasDown) {
      wasDown = true;
      const substep = { name: REPLACING, status: 'running' } as const;
      await run.write({ event: 'substep', step: 'follow_update', ...substep });
    }
    face.progress(wasDown ? 'The panel is being replaced' : 'Waiting for the update to begin');
    if (clock.monotonic() > deadline)
      return { ending: wasDown ? 'down' : 'unchanged', after: after.version };
    await clock.sleep(POLL_MS, signal);
  }
}

/** A panel that may be down when it is opened. */
class Panel {
  private api: PanelApi | undefined;

  constructor(
    private readonly server: ServerEntry,
    private readonly work: Work,
  ) {}

  async open(): Promise<PanelApi> {
    return (this.api ??= await openPanelFor(this.server, this.work));
  }

  async look(): Promise<{ readonly isUp: boolean; readonly version: string | undefined }> {
    try {
      const api = await this.open();
      return { isUp: true, version: await api.version(this.work.signal) };
    } catch (error) {
      if (error instanceof PanelError && error.retryable)
        return { isUp: false, version: undefined };
      throw error;
    }
  }

  close(): void {
    this.api?.close();
  }
}
