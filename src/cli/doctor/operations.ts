import type { Operation, Operations } from '../../services/provisioning/operations.js';
import { type Finding, problem } from './finding.js';

const NAME = 'Provisionings';

/** Those that were cut short, or left something behind. */
export async function checkOperations(operations: Operations): Promise<readonly Finding[]> {
  try {
    const all = await operations.list();
    const findings = all.map(findingOf).filter((finding) => finding !== undefined);
    if (findings.length > 0) return findings;
    return [{ level: 'ok', name: NAME, text: 'none is unfinished' }];
  } catch (error) {
    return [problem(NAME, error)];
  }
}

function findingOf({ id, request, status, leftovers }: Operation): Finding | undefined {
  const what = `${request.label} in ${request.region} (${id})`;
  switch (status) {
    case 'running':
    case 'cleaning-up':
      return { level: 'note', name: NAME, text: `${what} is ${status.replace('-', ' ')}` };
    case 'interrupted':
      return {
        level: 'problem',
        name: NAME,
        text: `${what} was interrupted`,
        hint: `Go on: portlama-tui operations resume ${id}\nOr remove what it made: portlama-tui operations cleanup ${id}`,
      };
    case 'failed-with-leftovers':
      return {
        level: 'problem',
        name: NAME,
        text: `${what} failed and left ${leftovers.map((left) => `${left.kind} ${left.id}`).join(', ')}`,
        hint: `portlama-tui operations cleanup ${id}`,
      };
    case 'failed':
    case 'succeeded':
      return undefined;
  }
}
