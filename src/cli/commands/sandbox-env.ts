import { ENV } from '../../core/product.js';
import { shellWord } from '../../core/shell-word.js';
import type { World } from '../../main/world.js';
import { writeText } from '../write.js';
import { writeJson } from '../answer.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'sandbox env',
  isSandbox: true,
  summary: 'Print the address and token of the sandbox’s API, for doctl, Terraform and others',
  json: { form: 'object', model: async () => (await import('../answers/machine.js')).SANDBOX },
  examples: ['sandbox env', 'sandbox env --json'],
  run: async (call) => {
    const { variables, proxy } = sandboxFacts(call.world);
    const lines = [
      ...Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}`),
      `# Droplets and panels: CONNECT through ${proxy}`,
      '# The sandbox ends ten minutes after its last use.',
    ];
    if (call.switches.has('json')) writeJson({ variables, proxy });
    else writeText(process.stdout, `${lines.join('\n')}\n`);
    return 0;
  },
};

/** Names every variable that a token is looked for under, so that no real one is sent there. */
function sandboxFacts({ apiUrl, portToken = '' }: World) {
  const proxy = new URL(apiUrl);
  proxy.username = 'sandbox';
  proxy.password = portToken;
  const variables = {
    DIGITALOCEAN_API_URL: apiUrl,
    DIGITALOCEAN_TOKEN: portToken,
    DIGITALOCEAN_ACCESS_TOKEN: portToken,
    [ENV.cloudToken]: portToken,
  };
  return { variables, proxy: proxy.href };
}
