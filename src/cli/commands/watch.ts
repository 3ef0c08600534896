import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'watch',
  movesPasswords: true,
  summary: 'Report changes of servers and droplets until stopped',
  options: {
    exec: {
      value: 'PROGRAM',
      summary: 'Start this program for each change: absolute path, no shell, JSON on its input',
    },
    webhook: { value: 'URL', summary: 'Post each change there as JSON: https, or this machine' },
    metrics: {
      value: 'ADDRESS:PORT',
      summary: 'Serve OpenMetrics there; a port alone is on this machine only',
    },
    install: { summary: 'Write a user unit of systemd that watches like this; shown first' },
    ...yesOption('install'),
  },
  json: { form: 'lines', model: async () => (await import('../answers/watch.js')).WATCH_EVENT },
  examples: [
    'watch',
    'watch --json',
    'watch --exec /usr/local/bin/notify',
    'watch --webhook https://hooks.example.com/watch --metrics 9469',
    'watch --metrics 9469 --install',
  ],
  run: (call) =>
    perform(call, async (work) => {
      const { exec, webhook, metrics } = call.options;
      const wish = { json: call.switches.has('json'), exec, webhook, metrics };
      if (call.switches.has('install')) {
        const { installUnit } = await import('../install-watch.js');
        return await installUnit(call.world, work, wish);
      }
      const { watch } = await import('../watch.js');
      return await watch(call.world, work, wish);
    }),
};
