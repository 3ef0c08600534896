import type { OperationAction } from '../operations.js';
import { type Call, type Command, JSON_SWITCH } from './command.js';

export const command: Command = {
  usage: 'operations',
  alias: 'list',
  summary: 'List provisionings: running, interrupted, failed, done',
  options: { ...JSON_SWITCH, all: { summary: 'Ended ones that were dismissed, too' } },
  examples: ['operations', 'operations --json', 'operations --all'],
  run: async ({ world, switches }) => {
    const { listOperations } = await import('../operations.js');
    return await listOperations(world, { json: switches.has('json'), all: switches.has('all') });
  },
};

/** Runs one of the commands about an operation. */
export async function operationCall(call: Call, action: OperationAction): Promise<number> {
  const { actOnOperation } = await import('../operations.js');
  return await actOnOperation(call, action);
}
