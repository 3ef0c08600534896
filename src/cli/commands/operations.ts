import type { operationsCommand } from '../operations.js';
import { type Call, type Command, JSON_SWITCH } from './command.js';

export const command: Command = {
  usage: 'operations',
  alias: 'list',
  summary: 'List provisionings: running, interrupted, failed, done',
  options: JSON_SWITCH,
  examples: ['operations', 'operations --json'],
  run: (call) => operationCall(call, 'list'),
};

type Action = Parameters<typeof operationsCommand>[1]['action'];

/** Runs one of the commands about an operation. */
export async function operationCall(
  { world, args, switches }: Call,
  action: Action,
): Promise<number> {
  const { operationsCommand } = await import('../operations.js');
  return await operationsCommand(world, { action, id: args['ID'], json: switches.has('json') });
}
