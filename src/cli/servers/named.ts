import { serverWord } from '../../app/server-word.js';
import { InputError } from '../../core/errors.js';
import { shellWord } from '../../core/shell-word.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import type { Confirmation } from '../confirm.js';

/** A server as it was named on the command line, and what came with --yes. */
export interface Named {
  /** Its label or id. */
  readonly label: string;
  readonly confirmed: string | undefined;
}

/** It is to be named once more: typed at a terminal, or with --yes as it was named before or by its label. */
export function namedOnceMore(
  server: ServerEntry,
  { label, confirmed }: Named,
  action: 'remove' | 'destroy',
): Pick<Confirmation, 'answer' | 'given' | 'isEnough' | 'refusal'> {
  const word = shellWord(label);
  const done = action === 'remove' ? 'removed' : 'destroyed';
  return {
    answer: serverWord(server),
    given: confirmed,
    isEnough: (text) => text === label || text === server.label,
    refusal: () =>
      new InputError({
        code: 'not-confirmed',
        message: `${server.label} is ${done} only when it is named once more: nothing was done.`,
        hint: `If it is really to go: portlama-tui servers ${action} ${word} --yes ${word}`,
      }),
  };
}
