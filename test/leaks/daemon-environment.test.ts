import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { runningSandbox } from '../fixtures/running-sandbox.js';

it('the sandbox process is handed no token, no passphrase command and no NODE_OPTIONS', async () => {
  const token = `dop_v1_${'9'.repeat(64)}`;
  const { pid } = await runningSandbox('0', {
    PORTLAMA_CLOUD_TOKEN: token,
    PORTLAMA_VAULT_PASSPHRASE_COMMAND: '/bin/echo my-passphrase',
    NODE_OPTIONS: '--no-deprecation',
    SOME_API_KEY: 'another-secret',
    XDG_RUNTIME_DIR: '/run/user/7',
  });
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
  expect(environment).toContain('XDG_RUNTIME_DIR=/run/user/7');
  for (const secret of [token, 'my-passphrase', 'NODE_OPTIONS', 'another-secret'])
    expect(environment).not.toContain(secret);
});
