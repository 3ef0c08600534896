import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { startSandbox } from '../../src/sandbox/sandbox.js';
import { runProgram } from '../fixtures/program.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { vaultIn } from './vault-home.js';

it('asks the configured registry for the installer before anything is made', async () => {
  const asked: (string | undefined)[] = [];
  const registry = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  const sandbox = await startSandbox({ delays: NO_DELAYS });
  onTestFinished(async () => {
    registry.close();
    await sandbox.close();
  });
  const before = sandbox.state();
  const folder = await temporaryFolder();
  const home = join(folder, 'portlama');
  await vaultIn(home);
  const ended = await runProgram(['provision', '--region', 'fra1', '--label', 'edge'], {
    env: {
      HOME: folder,
      TMPDIR: folder,
      PORTLAMA_HOME: home,
      DIGITALOCEAN_API_URL: sandbox.url,
      PORTLAMA_CLOUD_TOKEN: sandbox.token,
      PORTLAMA_KEYSTORE: 'vault',
      PORTLAMA_INSTALLER: 'create-portlarna@1',
      npm_config_registry: `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`,
    },
  });
  expect(ended.exitCode).toBe(1);
  expect(ended.stdout + ended.stderr).toContain(
    'There is no npm package create-portlarna at http://',
  );
  expect(ended.stdout + ended.stderr).toContain('Correct PORTLAMA_INSTALLER');
  expect(asked).toEqual(['/create-portlarna']);
  expect(sandbox.state()).toMatchObject({ droplets: before.droplets, keys: before.keys });
});
