import { ENV } from '../../core/product.js';
import { shellWord } from '../../core/shell-word.js';
import type { World } from '../../main/world.js';
import { writeText } from '../write.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'sandbox env',
  isSandbox: true,
  summary: 'Print the address and token of the sandbox’s API, for doctl, Terraform and others',
  examples: ['sandbox env'],
  run: ({ world }) => {
    writeText(process.stdout, `${sandboxVariables(world).join('\n')}\n`);
    return Promise.resolve(0);
  },
};

/** Sets every name that a token is looked for under, so that no real one is sent there. */
function sandboxVariables({ apiUrl, portToken = '' }: World): readonly string[] {
  const proxy = new URL(apiUrl);
  proxy.username = 'sandbox';
  proxy.password = portToken;
  const variables = {
    DIGITALOCEAN_API_URL: apiUrl,
    DIGITALOCEAN_TOKEN: portToken,
    DIGITALOCEAN_ACCESS_TOKEN: portToken,
    [ENV.cloudToken]: portToken,
  };
  return [
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}`),
    `# Droplets and panels: CONNECT through ${proxy.href}`,
    '# The sandbox ends ten minutes after its last use.',
  ];
}
