import { shellWord } from '../../core/shell-word.js';
import { programLine } from '../../words/hints.js';
import { labelOf } from '../server-rows.js';
import type { ActionContext } from './context.js';
import { runUseCase } from './use-case.js';

/** Exit code of ssh itself, rather than of what ran there. */
const EXIT_OF_SSH = 255;

/** Gives the terminal to ssh, and takes it again when that ends. */
export async function openShell(context: ActionContext, id: string): Promise<void> {
  const label = labelOf(context.store.state, id);
  await runUseCase(
    context,
    {
      title: `ssh to ${label}`,
      failure: `No shell on ${label}`,
      subject: id,
      once: `ssh ${id}`,
      agreed: true,
    },
    async (work) => {
      const { openSsh } = await import('../../usecases/open-ssh.js');
      return await openSsh(id, [], work);
    },
    (code) => {
      if (code !== EXIT_OF_SSH) return;
      const line = programLine(`servers ssh ${shellWord(label)}`, context.ports.environment);
      context.messages.toast(
        'warn',
        `ssh could not connect to ${label}, or lost the connection. In a shell: ${line}`,
      );
    },
  );
}
