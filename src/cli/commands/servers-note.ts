import { InputError } from '../../core/errors.js';
import { entryAnswer } from '../answer.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers note LABEL [TEXT]',
  summary: 'Store a note about a server on this machine, or show it',
  options: { remove: { summary: 'Remove the note' } },
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).NOTED },
  examples: ['servers note lab "rented for the demo, until May"', 'servers note lab'],
  run: (call) =>
    perform(call, async (work) => {
      const [label, text = ''] = [call.args['LABEL']!, call.args['[TEXT]']];
      const isRemoval = call.switches.has('remove');
      if (isRemoval && text !== '') throw both();
      const { noteServer, readNote } = await import('../../usecases/note-server.js');
      const isChange = isRemoval || text !== '';
      if (isChange) await noteServer(label, text, work);
      const { server, note } = await readNote(label, work);
      const lines = isChange ? [] : [note ?? `${server.label} has no note.`];
      return { json: { server: entryAnswer(server), note: note ?? null }, lines };
    }),
};

function both(): InputError {
  return new InputError({
    code: 'arguments',
    message: 'A note is either written or removed.',
    hint: 'Leave out the text, or --remove.',
  });
}
