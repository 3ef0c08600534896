import { type Command, JSON_SWITCH } from './command.js';
import { operationCall } from './operations.js';

export const command: Command = {
  usage: 'operations cleanup ID',
  summary: 'Remove what an unfinished provisioning created',
  options: JSON_SWITCH,
  examples: ['operations cleanup 3f2a9c0d1e5b7a68'],
  run: (call) => operationCall(call, 'cleanup'),
};
