import { configPath } from '../../services/files/config-file.js';
import { writeText } from '../write.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'config path',
  summary: 'Print the path of the file with your colours and keys',
  examples: ['config path'],
  run: async ({ world }) => {
    writeText(process.stdout, `${configPath(world.settings.homeSetting)}\n`);
    return 0;
  },
};
