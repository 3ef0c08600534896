import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { MAIN } from '../fixtures/program.js';
import { ptyProgram } from '../fixtures/terminal/pty-program.js';
import { answersOf } from '../fixtures/json-answers.js';
import { entries, runningSandbox } from '../fixtures/running-sandbox.js';

const LIMIT_MS = 90_000;
const PROVISION = ['provision', '--region', 'fra1', '--label'] as const;

/** Makes a key pair of the person in this folder; gives the public file, its line and its fingerprint. */
function keyIn(folder: string, name: string) {
  const file = join(folder, `${name}.pub`);
  const path = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'me', '-f', path]);
  const [, sha256 = ''] = execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' }).split(
    ' ',
  );
  const line = readFileSync(file, 'utf8').split(' ').slice(0, 2).join(' ');
  return { file, line, sha256 };
}

it(
  'a server keeps the key that was given, and the system’s ssh opens it with the pinned host key',
  async () => {
    const sandbox = await runningSandbox();
    const key = keyIn(sandbox.folder, 'own');
    const made = await sandbox.run([...PROVISION, 'lab', '--ssh-key', key.file]);
    expect(made, made.stderr).toMatchObject({ exitCode: 0 });
    expect(made.stdout).toContain(`SSH key ${key.sha256} stays on the droplet.`);
    const shown = await sandbox.run([
      'servers',
      'ssh',
      'lab',
      '--',
      'cat',
      '/root/.ssh/authorized_keys',
    ]);
    // The temporary one is gone.
    expect(shown).toMatchObject({ exitCode: 0, stdout: `${key.line}\n` });
    const failed = await sandbox.run(['servers', 'ssh', 'lab', '--', 'nothing-like-it']);
    expect(failed.exitCode).toBe(127);
    const { folder, realHome } = sandbox;
    const program = ptyProgram({
      command: [process.execPath, MAIN, '--sandbox'],
      env: { HOME: folder, PORTLAMA_HOME: realHome, PATH: process.env['PATH'] },
    });
    onTestFinished(() => program.kill());
    await program.waitFor(/lab +ACTIVE +online/, LIMIT_MS);
    program.press('i');
    // Only ssh's own screen: the list is put aside.
    await program.waitFor(
      (screen) => /^root@droplet:~# *$/m.test(screen) && !/ACTIVE/.test(screen),
      LIMIT_MS,
    );
    program.type('exit\r');
    await program.waitFor(/lab +ACTIVE +online/, LIMIT_MS);
    program.press('q');
    expect(await program.waitForExit()).toBe(0);
  },
  LIMIT_MS,
);

it(
  'a server without a key of the person says so, and how to put one there',
  async () => {
    const sandbox = await runningSandbox();
    const key = keyIn(sandbox.folder, 'own');
    expect(await sandbox.run([...PROVISION, 'lab'])).toMatchObject({ exitCode: 0 });
    const [server] = await entries(sandbox);
    const page = `https://cloud.digitalocean.com/droplets/${server?.providerId}/terminal/ui/`;
    const refused = await sandbox.run(['servers', 'ssh', 'lab']);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain('lab has none of your SSH keys');
    expect(refused.stderr).toContain(page);
    const added = await sandbox.run(['servers', 'ssh', 'lab', '--ssh-key', key.file]);
    expect(added).toMatchObject({ exitCode: 0 });
    expect(added.stdout).toContain(page);
    expect(added.stdout).toContain(`echo '${key.line}' >> /root/.ssh/authorized_keys`);
    // It counts on the key from now on, which is not there.
    const tried = await sandbox.run(['servers', 'ssh', 'lab', '--', 'true']);
    expect(tried.exitCode).toBe(255);
    expect(tried.stderr).toContain('Permission denied (publickey)');
  },
  LIMIT_MS,
);

it(
  'keys from GitHub are taken only with their fingerprints, before anything is made',
  async () => {
    const sandbox = await runningSandbox();
    const key = keyIn(sandbox.folder, 'own');
    const github = createServer((_request, response) => response.end(`${key.line}\n`));
    await new Promise<void>((listening) => github.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void github.close());
    const url = `http://127.0.0.1:${(github.address() as AddressInfo).port}`;
    const env = { PORTLAMA_GITHUB_URL: url };
    const args = [...PROVISION, 'lab', '--ssh-key', 'github:ops', '--json'];
    const refused = await sandbox.run(args, { env });
    expect(refused.exitCode).toBe(2);
    expect(answersOf('provision', refused)).toMatchObject([
      { error: { code: 'confirmation-required', hint: expect.stringContaining(key.sha256) } },
    ]);
    expect(refused.stderr).toContain(`--yes ${key.sha256}`);
    expect(await sandbox.run(['operations'])).toMatchObject({ stdout: 'No operations.\n' });
    const made = await sandbox.run([...args, '--yes', key.sha256], { env });
    expect(made).toMatchObject({ exitCode: 0 });
    const { stdout } = await sandbox.run(['ssh-keys', '--json']);
    // Nothing of it is in the account.
    expect(stdout).toBe('');
  },
  LIMIT_MS,
);
