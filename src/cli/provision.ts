import { createServer } from '../usecases/create-server.js';
import type { Call } from './commands/command.js';
import { startAndFollow } from './follow.js';
import { perform } from './work.js';

/** Creates a server and reports on standard output. Resolves to the exit code: 0 online, 1 failed. */
export function provisionCommand(call: Call): Promise<number> {
  const { region, label } = call.options;
  const options = {
    format: call.switches.has('json') ? 'json' : 'plain',
    ...(call.switches.has('foreground') ? { foreground: true } : {}),
  } as const;
  return perform(call, (work) =>
    startAndFollow(call.world, options, work, (held) => createServer({ region, label }, held)),
  );
}
