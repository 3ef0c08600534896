import { PROGRAM } from '../core/product.js';
import { isSaved } from '../services/provisioning/journal/fold.js';
import type { Operation } from '../services/provisioning/operations.js';
import type { Advice } from './advice.js';

/** A provisioning that is not over, and the ways to go on with it; undefined for one that is. */
export function operationAdvice(operation: Operation): Advice | undefined {
  const { id, request, status, leftovers } = operation;
  const left = leftovers.map(({ kind, id: name }) => `${kind} ${name}`).join(', ');
  const what = `${request.label} in ${request.region} (${id})`;
  const resume = `Go on: ${PROGRAM} operations resume ${id}`;
  const cleanUp = `Remove what it made: ${PROGRAM} operations cleanup ${id}`;
  switch (status) {
    case 'running':
    case 'cleaning-up':
      return {
        text: `${what} is ${status === 'running' ? 'being created' : 'being cleaned up'}`,
        todo: [`Watch it: ${PROGRAM} operations attach ${id}`],
      };
    case 'interrupted':
      return isSaved(operation)
        ? { text: `${what} is online, but its clean-up was interrupted`, todo: [resume] }
        : { text: `${what} was interrupted`, todo: [resume, cleanUp] };
    case 'out-of-sight':
      return {
        text: `${what}: cannot tell from here whether it is still being made in another container or machine`,
        todo: [
          'Look there: it may cost money.',
          `If that is gone, this says how to go on: ${PROGRAM} operations cleanup ${id}`,
        ],
      };
    case 'failed-with-leftovers':
      return { text: `${what} failed and left ${left}`, todo: [cleanUp] };
    case 'succeeded':
      if (leftovers.length === 0) return undefined;
      return {
        text: `${what} is online, but its clean-up left ${left}`,
        todo: leftovers.every(({ byHand }) => byHand)
          ? [
              ...leftovers.map(({ removeBy }) => removeBy),
              `Then forget it: ${PROGRAM} operations dismiss ${id}`,
            ]
          : [`Remove it: ${PROGRAM} operations cleanup ${id}`],
      };
    case 'failed':
      return undefined;
  }
}
