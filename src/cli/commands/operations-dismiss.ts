import type { Command } from './command.js';
import { operationCall } from './operations.js';

export const command: Command = {
  usage: 'operations dismiss ID',
  summary: 'Drop the record of an ended operation',
  json: { form: 'object', model: async () => (await import('../answers/operations.js')).DISMISSED },
  examples: ['operations dismiss 3f2a9c0d1e5b7a68'],
  run: (call) => operationCall(call, 'dismiss'),
};
