import { type Command, JSON_SWITCH } from './command.js';
import { operationCall } from './operations.js';

export const command: Command = {
  usage: 'operations cancel ID',
  summary: 'Cancel a provisioning and remove what it created',
  options: JSON_SWITCH,
  examples: ['operations cancel 3f2a9c0d1e5b7a68'],
  run: (call) => operationCall(call, 'cancel'),
};
