import { deadline } from '../worker/deadline.js';
import { ProvisioningError } from '../errors.js';
import type { JournalRecord } from '../journal/records.js';
import type { ProvisioningPorts, StepOutputs } from '../worker/step.js';

const LIMIT_MS = 10_000;

/**
 * With a token of another team nothing of the operation can be seen: it would seem to be gone while it costs money.
 * Rejects with `other-account` when that is certain; an API that does not answer is found out about later.
 */
export async function requireSameAccount(
  { api, clock }: ProvisioningPorts,
  history: readonly JournalRecord[],
): Promise<void> {
  const begunIn = readAccount(history);
  if (begunIn === undefined) return;
  const limit = deadline(clock, LIMIT_MS);
  const account = await api.getAccount(limit.signal).catch(() => undefined);
  limit.dispose();
  if (account === undefined) return;
  const team = account.teamId ?? null;
  const isSame =
    begunIn.team === null || team === null
      ? account.email === begunIn.email
      : team === begunIn.team;
  if (isSame) return;
  throw new ProvisioningError({
    code: 'other-account',
    message: `The token belongs to another team than the one this operation was begun in (${begunIn.email}).`,
    hint: 'Use a token of that team: with this one nothing of the operation can be seen or removed.',
  });
}

function readAccount(history: readonly JournalRecord[]): StepOutputs['validate_token'] | undefined {
  const done = history.find(
    (record) =>
      record.event === 'step' && record.step === 'validate_token' && record.status === 'done',
  );
  return done === undefined
    ? undefined
    : (done as unknown as { readonly data: StepOutputs['validate_token'] }).data;
}
