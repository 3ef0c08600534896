import { shellWord } from '../core/shell-word.js';
import type { World } from './world.js';
import { writeText } from './write.js';

/**
 * Prints where the sandbox's API is, for `eval`: with every name that a token is looked for under, so that no real one
 * is sent there.
 */
export function sandboxEnvCommand({ apiUrl, portToken = '' }: World): number {
  const proxy = new URL(apiUrl);
  proxy.username = 'sandbox';
  proxy.password = portToken;
  const variables = {
    DIGITALOCEAN_API_URL: apiUrl,
    DIGITALOCEAN_TOKEN: portToken,
    DIGITALOCEAN_ACCESS_TOKEN: portToken,
    PORTLAMA_CLOUD_TOKEN: portToken,
  };
  const lines = Object.entries(variables).map(
    ([name, value]) => `export ${name}=${shellWord(value)}`,
  );
  writeText(
    process.stdout,
    [
      ...lines,
      `# Droplets and panels: CONNECT through ${proxy.href}`,
      '# The sandbox ends ten minutes after its last use.',
      '',
    ].join('\n'),
  );
  return 0;
}
