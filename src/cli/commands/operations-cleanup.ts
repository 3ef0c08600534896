import { type Command, DRY_RUN_OPTION } from './command.js';
import { EVENTS, operationCall } from './operations.js';

export const command: Command = {
  usage: 'operations cleanup ID',
  summary: 'Remove what an unfinished operation created',
  options: DRY_RUN_OPTION,
  json: EVENTS,
  examples: [
    'operations cleanup 3f2a9c0d1e5b7a68',
    'operations cleanup 3f2a9c0d1e5b7a68 --dry-run',
  ],
  run: (call) => operationCall(call, 'cleanup'),
};
