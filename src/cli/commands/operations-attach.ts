import type { Command } from './command.js';
import { EVENTS, operationCall } from './operations.js';

export const command: Command = {
  usage: 'operations attach ID',
  summary: 'Follow an operation to its end; exit code 0 when it succeeded and nothing is left',
  json: EVENTS,
  examples: ['operations attach 3f2a9c0d1e5b7a68'],
  run: (call) => operationCall(call, 'attach'),
};
