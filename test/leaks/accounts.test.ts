import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SANDBOX_TOKEN, SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { runningSandbox } from '../fixtures/running-sandbox.js';
import { filesWith, ProcessWatch, secretsIn } from './watch.js';

const SECRETS = new Map([
  ['token', SANDBOX_TOKEN],
  ['token of work', SANDBOX_TOKENS.warning.token],
]);
const WORK_KEY = 'service=com.portlama.cloud&account=digitalocean%3Awork';

it('a named token makes, shows and destroys a server in its account, and is seen nowhere', async () => {
  const sandbox = await runningSandbox('0');
  const watch = new ProcessWatch(sandbox.folder);
  onTestFinished(() => watch.stop());
  let output = '';
  const run = async (...words: readonly string[]): Promise<string> => {
    const options = words[1] === 'add' ? { stdin: `${SECRETS.get('token of work')}\n` } : {};
    const log = ['--log', join(sandbox.folder, 'debug.log')];
    const { exitCode, stdout, stderr } = await sandbox.run([...words, ...log], options);
    output += stdout + stderr;
    expect({ words, exitCode, stderr }).toMatchObject({ exitCode: 0 });
    return stdout;
  };
  expect(JSON.parse(await run('token', 'add', 'work', '--json'))).toMatchObject({
    name: 'work',
    current: false,
    hasToken: true,
    expiresInDays: 82,
  });
  expect(await sandbox.store(WORK_KEY)).toBe(SECRETS.get('token of work'));
  expect(await run('token', 'list')).toMatch(/^default .*current *\nwork .*expires in 82 days/m);
  await run('token', 'use', 'work');
  await run('provision', '--region', 'fra1', '--label', 'there');
  await run('token', 'use', 'default');
  expect(await run('droplets')).toMatch(/ACCOUNT *\n.* there +work/);
  const folders = await readdir(join(sandbox.home, 'operations'));
  const journal = await readFile(
    join(sandbox.home, 'operations', folders[0]!, 'journal.ndjson'),
    'utf8',
  );
  expect(journal).toContain('"account":"work"');
  const [id = ''] = await readdir(join(sandbox.home, 'servers'));
  const meta = JSON.parse(await readFile(join(sandbox.home, 'servers', id, 'meta.json'), 'utf8'));
  expect(meta).toMatchObject({ account: { email: 'sammy@digitalocean.com', teamName: 'My Team' } });
  // The default account sees nothing of it, so it says so, and changes nothing.
  const refused = await sandbox.run([
    'servers',
    'destroy',
    'there',
    '--yes',
    'there',
    '--json',
    '--account',
    'default',
  ]);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'account-missing' } });
  expect(await run('servers', 'destroy', 'there', '--yes', 'there')).toContain('Destroyed there');
  expect(await run('token', 'forget', 'work')).toContain('(account work)');
  expect(await sandbox.store(WORK_KEY)).toBeUndefined();
  watch.stop();
  expect(watch.seen.size).toBeGreaterThan(0);
  expect(await filesWith(sandbox.folder, SECRETS)).toEqual([]);
  expect(secretsIn(output, SECRETS)).toEqual([]);
  for (const { commandLine, environment } of watch.seen.values()) {
    expect({ commandLine, found: secretsIn(commandLine, SECRETS) }).toMatchObject({ found: [] });
    // A worker is handed the token of its own account, and no other.
    const allowed = commandLine.includes('main.js worker ') ? ['token of work'] : [];
    const found = secretsIn(environment, SECRETS).filter((name) => !allowed.includes(name));
    expect({ commandLine, found }).toMatchObject({ found: [] });
  }
}, 120_000);
