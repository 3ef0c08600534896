import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'import FILE',
  summary: 'Import servers from an exported file; existing entries are kept',
  options: {
    'dry-run': { summary: 'Only show what would be imported' },
    replace: { value: 'LABEL', summary: 'Replace this server with the one in the file' },
    identity: { value: 'FILE', summary: 'Identity file of age-keygen that opens it' },
    ...yesOption('COUNT'),
  },
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).IMPORTED },
  examples: ['import servers.age --dry-run', 'import servers.age --replace lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { importServers } = await import('../../usecases/import-servers.js');
      const { args, options, switches } = call;
      const { identity, replace } = options;
      const dryRun = switches.has('dry-run');
      const wish = { file: args['FILE']!, identity, replace, dryRun };
      const servers = await importServers(wish, work);
      const isRefused = servers.some(({ action }) => action === 'refuse');
      return { json: { dryRun, servers }, exitCode: isRefused ? 1 : 0 };
    }),
};
