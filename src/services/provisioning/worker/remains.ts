import type { Clock } from '../../../core/time.js';
import { hasRecords } from '../../dns/server-records.js';
import type { Keystore } from '../../keystore/keystore.js';
import type { JournalRecord, ProvisionRequest, Resource } from '../journal/records.js';
import { temporaryThings } from '../steps/cleanup.js';
import { stepsOf } from '../steps/index.js';
import { buildContext } from './context.js';
import type { ProvisioningPorts } from './step.js';

/**
 * Resources that a clean-up would remove by the journal, in its order: some may never have been made. Of a saved server
 * only temporary ones. Reads nothing but these records.
 */
export async function remainsOf(
  request: ProvisionRequest,
  history: readonly JournalRecord[],
  ports: { readonly home: string; readonly keystore: Keystore; readonly clock: Clock },
): Promise<readonly Resource[]> {
  const journal = { write: nothing, close: nothing };
  // Naming a resource takes no more of the ports than these.
  const context = buildContext({ ports: ports as ProvisioningPorts, request, journal, history });
  const resources =
    context.outputs.save_registry === undefined
      ? await undone(request, context)
      : temporaryThings(context);
  return resources.filter(
    ({ kind, id }) =>
      !context.removedBefore.has(id) &&
      (kind !== 'dns-records' || (context.dns !== undefined && hasRecords(context.dns))),
  );
}

async function undone(
  request: ProvisionRequest,
  context: ReturnType<typeof buildContext>,
): Promise<readonly Resource[]> {
  const begun = stepsOf(request).filter(({ id }) => context.begunAt.has(id));
  const steps = await Promise.all(begun.map(async ({ load }) => (await load()).step));
  return steps
    .reverse()
    .flatMap((step) => step.undo?.(context) ?? [])
    .map(({ resource }) => resource);
}

async function nothing(): Promise<void> {}
