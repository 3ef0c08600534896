import { count } from '../../words/formats.js';
import { configPath } from '../../services/files/config-file.js';
import { writeJson } from '../answer.js';
import { EXIT } from '../exit-codes.js';
import { writeText } from '../write.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'config check',
  summary: 'Check the file with your colours and keys',
  json: { form: 'object', model: async () => (await import('../answers/machine.js')).CONFIG },
  examples: ['config check', 'config check --json'],
  run: async ({ world, switches }) => {
    const { loadConfig } = await import('../../main/config.js');
    const home = world.settings.homeSetting;
    const path = configPath(home);
    const config = await loadConfig(home);
    const problems = config?.problems ?? [];
    if (switches.has('json')) writeJson({ path, exists: config !== undefined, problems });
    else writeText(process.stdout, report(path, config === undefined, problems));
    return problems.length === 0 ? EXIT.done : EXIT.failed;
  },
};

function report(path: string, isMissing: boolean, problems: readonly string[]): string {
  if (isMissing) return `There is no ${path}: all colours and keys have their defaults.\n`;
  if (problems.length === 0) return `${path}: no problems.\n`;
  const lines = problems.map((problem) => `  ${problem}\n`);
  return `${path}: ${count(problems.length, 'problem')}.\n${lines.join('')}`;
}
