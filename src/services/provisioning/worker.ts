import { processStartOf } from '../process/identity.js';
import { ProvisioningError } from './errors.js';
import { journalPath, openJournal, readJournal } from './journal.js';
import { takeProvisioningLock } from './lock.js';
import { cleanUpOperation, type Outcome, runOperation } from './run.js';
import type { OperationRequest } from './records.js';
import type { ProvisioningPorts } from './step.js';

export type WorkerMode = 'run' | 'cleanup';

/**
 * One operation from where its journal ends, in this process, under the provisioning lock.
 * `buildPorts` gets the request, since the journal says which API the operation is about.
 * Rejects with `provisioning-in-progress` and without a record when another one runs.
 */
export async function runWorker(options: {
  readonly home: string;
  readonly operationId: string;
  readonly mode: WorkerMode;
  readonly buildPorts: (request: OperationRequest) => Promise<ProvisioningPorts>;
  /** Aborted by SIGTERM: cancels. */
  readonly signal: AbortSignal;
}): Promise<Outcome> {
  const { home, operationId, mode, signal } = options;
  const path = journalPath(home, operationId);
  const lock = await takeProvisioningLock(home);
  try {
    const history = (await readJournal(path)) ?? [];
    const request = history.find((record) => record.event === 'operation')?.request;
    if (request === undefined) throw unknownOperation(operationId);
    const ports = await options.buildPorts(request);
    const journal = await openJournal(path, ports.clock, ports.redactor);
    try {
      const startedAt = (await processStartOf(process.pid)) ?? '';
      await journal.write({ event: 'worker', pid: process.pid, startedAt, mode });
      const engine = { ports, request, journal, history };
      const stopReporting = reportRetries(ports, (text, untilMs) => {
        const step =
          [...history].reverse().find((record) => record.event === 'step')?.step ??
          'validate_token';
        void journal.write({ event: 'waiting', step, text, untilMs }).catch(() => undefined);
      });
      try {
        return mode === 'run' ? await runOperation(engine, signal) : await cleanUpOperation(engine);
      } finally {
        stopReporting();
      }
    } finally {
      await journal.close();
    }
  } finally {
    await lock.release();
  }
}

/** What the API client waits for is shown to the person. */
function reportRetries(
  ports: ProvisioningPorts,
  report: (text: string, untilMs: number) => void,
): () => void {
  const subscription = ports.api.onRetry(({ reason, waitMs }) => {
    const seconds = Math.max(1, Math.round(waitMs / 1000));
    report(`${reason}, next try in ${seconds} s`, ports.clock.now() + waitMs);
  });
  return () => subscription.dispose();
}

function unknownOperation(id: string): ProvisioningError {
  return new ProvisioningError({
    code: 'operation-unknown',
    message: `There is no operation ${id}.`,
    hint: 'List them with: portlama-tui operations',
  });
}
