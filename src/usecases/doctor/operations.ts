import type { Operation } from '../../services/provisioning/operations.js';
import { operationAdvice } from '../advice.js';
import type { Services } from '../work.js';
import type { Finding } from './finding.js';

const NAME = 'Provisionings';

/** Finds those that were cut short, or left something behind. */
export async function checkOperations({ operations }: Services): Promise<readonly Finding[]> {
  const all = await operations.list();
  const findings = all.map(findingOf).filter((finding) => finding !== undefined);
  if (findings.length > 0) return findings;
  return [{ level: 'ok', name: NAME, text: 'none is unfinished' }];
}

function findingOf(operation: Operation): Finding | undefined {
  const advice = operationAdvice(operation);
  if (advice === undefined) return undefined;
  const { text, todo } = advice;
  const isAtWork = operation.status === 'running' || operation.status === 'cleaning-up';
  if (isAtWork) return { level: 'note', name: NAME, text };
  return { level: 'problem', name: NAME, text, hint: todo };
}
