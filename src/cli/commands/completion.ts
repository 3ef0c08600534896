import { readFile } from 'node:fs/promises';
import { InputError, quoted } from '../../core/errors.js';
import { ownFile } from '../../services/process/own-file.js';
import { SHELLS } from '../complete.js';
import { PROGRAM } from '../../core/product.js';
import { writeText } from '../write.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'completion SHELL',
  summary: 'Print the completion for bash, zsh or fish: commands, labels, regions, operations',
  examples: [
    `completion bash > ~/.local/share/bash-completion/completions/${PROGRAM}`,
    `completion zsh > ~/.zfunc/_${PROGRAM}`,
    `completion fish > ~/.config/fish/completions/${PROGRAM}.fish`,
  ],
  run: async ({ args }) => {
    const shell = args['SHELL'] ?? '';
    if (!SHELLS.includes(shell)) {
      throw new InputError({
        code: 'arguments',
        message: `There is no completion for ${quoted(shell)}.`,
        hint: 'Use bash, zsh or fish.',
      });
    }
    writeText(process.stdout, await readFile(ownFile(`completion/${shell}`), 'utf8'));
    return 0;
  },
};
