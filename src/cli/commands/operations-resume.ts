import { type Command, JSON_SWITCH } from './command.js';
import { operationCall } from './operations.js';

export const command: Command = {
  usage: 'operations resume ID',
  summary: 'Continue an interrupted provisioning',
  options: JSON_SWITCH,
  examples: ['operations resume 3f2a9c0d1e5b7a68'],
  run: (call) => operationCall(call, 'resume'),
};
