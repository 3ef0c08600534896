import { estimate } from '../../app/remaining-time.js';
import { findOperation, isUnderWay } from '../../app/server-rows.js';
import type { AppState } from '../../app/state.js';
import { PRODUCT } from '../../core/product.js';
import { timeLeft } from '../../words/formats.js';
import { upkeepWord } from '../../words/upkeep.js';

const ENDS = {
  running: '',
  'cleaning-up': 'cleaning up',
  succeeded: 'ready',
  failed: 'failed',
  'failed-with-leftovers': 'failed, resources remain',
  interrupted: 'interrupted',
  'out-of-sight': 'cannot tell',
} as const;

export interface NamedWindow {
  readonly operationId: string;
  readonly title: string;
}

/** Title of the terminal's window: the provisioning under way, then its end. Undefined until there was one. */
export function windowTitle(
  state: AppState,
  last: NamedWindow | undefined,
  now: number,
): NamedWindow | undefined {
  const { list, usual } = state.operations;
  const operation = list.find(isUnderWay) ?? findOperation(state, last?.operationId);
  if (operation === undefined) return last && { ...last, title: PRODUCT };
  const { id, status, cancelled, request } = operation;
  const { sandbox } = state.environment;
  const what =
    status === 'running'
      ? request.kind === undefined
        ? timeLeft(estimate(operation, usual, { sandbox, now }).leftMs)
        : upkeepWord(request)
      : status === 'failed' && cancelled
        ? 'cancelled'
        : ENDS[status];
  return { operationId: id, title: `${what} · ${request.label}` };
}
