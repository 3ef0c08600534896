import { type Command, JSON_SWITCH } from './command.js';
import { operationCall } from './operations.js';

export const command: Command = {
  usage: 'operations dismiss ID',
  summary: 'Drop the record of an ended provisioning',
  options: JSON_SWITCH,
  examples: ['operations dismiss 3f2a9c0d1e5b7a68'],
  run: (call) => operationCall(call, 'dismiss'),
};
