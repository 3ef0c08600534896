import { type Command, DRY_RUN_OPTION } from './command.js';
import { EVENTS, operationCall } from './operations.js';

export const command: Command = {
  usage: 'operations cancel ID',
  summary: 'Cancel an operation and remove what it created',
  options: DRY_RUN_OPTION,
  json: EVENTS,
  examples: ['operations cancel 3f2a9c0d1e5b7a68'],
  run: (call) => operationCall(call, 'cancel'),
};
