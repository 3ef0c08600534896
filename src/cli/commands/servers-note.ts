import { InputError } from '../../core/errors.js';
import { say } from '../say.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers note LABEL [TEXT]',
  summary: 'Keep a note about a server, on this machine; without a text show it',
  options: { remove: { summary: 'Remove the note' } },
  examples: ['servers note lab "rented for the demo, until May"', 'servers note lab'],
  run: (call) =>
    perform(call, async (work) => {
      const [label, text = ''] = [call.args['LABEL']!, call.args['[TEXT]']];
      const isRemoval = call.switches.has('remove');
      if (isRemoval && text !== '') throw both();
      const { noteServer, readNote } = await import('../../usecases/note-server.js');
      if (isRemoval || text !== '') return void (await noteServer(label, text, work));
      const { server, note } = await readNote(label, work);
      say(call.world, note ?? `${server.label} has no note.`);
    }),
};

function both(): InputError {
  return new InputError({
    code: 'arguments',
    message: 'A note is either written or removed.',
    hint: 'Leave out the text, or --remove.',
  });
}
