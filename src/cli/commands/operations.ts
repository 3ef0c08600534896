import type { OperationAction } from '../operations.js';
import type { Call, Command, JsonAnswer } from './command.js';

export const command: Command = {
  usage: 'operations',
  alias: 'list',
  summary: 'List operations: running, interrupted, failed, done',
  options: { all: { summary: 'Include ended operations that were dismissed' } },
  json: { form: 'lines', model: async () => (await import('../answers/operations.js')).OPERATION },
  examples: ['operations', 'operations --json', 'operations --all'],
  run: async ({ world, switches }) => {
    const { listOperations } = await import('../operations.js');
    return await listOperations(world, { json: switches.has('json'), all: switches.has('all') });
  },
};

/** Answer of the commands that follow an operation. */
export const EVENTS: JsonAnswer = {
  form: 'events',
  model: async () => (await import('../answers/operations.js')).EVENT,
};

/** Runs one of the commands about an operation. */
export async function operationCall(call: Call, action: OperationAction): Promise<number> {
  const { actOnOperation } = await import('../operations.js');
  return await actOnOperation(call, action);
}
