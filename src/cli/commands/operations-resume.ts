import type { Command } from './command.js';
import { EVENTS, operationCall } from './operations.js';

export const command: Command = {
  usage: 'operations resume ID',
  summary: 'Continue an interrupted operation',
  json: EVENTS,
  examples: ['operations resume 3f2a9c0d1e5b7a68'],
  run: (call) => operationCall(call, 'resume'),
};
