import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { answersOf } from '../fixtures/json-answers.js';
import { until } from '../journeys/until.js';
import { control, droplets, entries, runningSandbox } from '../fixtures/running-sandbox.js';

const LIMIT_MS = 90_000;
const KEYS = '/root/.ssh/authorized_keys';

it(
  'a lost certificate is recovered by one line on the console, and with a key of the person',
  async () => {
    const sandbox = await runningSandbox();
    const own = join(sandbox.folder, 'own');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', own]);
    await sandbox.run(['provision', '--region', 'fra1', '--label', 'edge']);
    const [edge] = await entries(sandbox);
    const [dropletId] = await droplets(sandbox);
    const p12 = join(sandbox.home, 'servers', edge!.id, 'client.p12');
    const readKeys = (): Promise<unknown> =>
      control(sandbox, { action: 'readFile', dropletId, path: KEYS });
    await rm(p12);

    const refused = await sandbox.run(['servers', 'recover', 'edge']);
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('--yes edge')]);

    let printed: Promise<unknown> | undefined;
    const recovered = await sandbox.run(['servers', 'recover', 'edge', '--yes', 'edge'], {
      onStart(child) {
        let said = '';
        child.stdout?.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          const [command] = /^install -d .*\.pub(?=\n)/m.exec(said) ?? [];
          if (command !== undefined)
            printed ??= control(sandbox, { action: 'runOnConsole', dropletId, command });
        });
      },
    });
    expect([recovered.exitCode, recovered.stderr]).toEqual([0, '']);
    expect(recovered.stdout).toContain(`/droplets/${dropletId}/terminal/ui/`);
    const [fingerprint] = /SHA256:[\w+/]{43}/.exec(recovered.stdout) ?? ['none'];
    expect(await printed).toContain(fingerprint);
    expect(recovered.stdout).toContain('Created a new certificate for edge');
    expect(await readKeys()).toBe('');
    const secrets = (
      (await sandbox.control('GET', 'control')) as { secrets: { account: string }[] }
    ).secrets;
    expect(secrets.map(({ account }) => account)).not.toContain(`login-${edge!.id}`);
    expect((await sandbox.run(['servers'])).stdout).toMatch(/^edge .*online/m);
    expect((await sandbox.run(['operations'])).stdout).not.toContain('recover');

    const made = await sandbox.run([
      'provision',
      '--region',
      'fra1',
      '--label',
      'own',
      '--ssh-key',
      `${own}.pub`,
    ]);
    expect(made.exitCode, made.stderr).toBe(0);
    const again = await sandbox.run(['servers', 'recover', 'own', '--yes', 'own', '--json']);
    expect([again.exitCode, answersOf('servers-recover', again)]).toEqual([
      0,
      [{ server: expect.objectContaining({ label: 'own' }), expiresAt: expect.any(String) }],
    ]);
    expect(again.stdout).not.toContain('install -d');
  },
  LIMIT_MS,
);

it(
  'a key that only the agent holds is enough, and without the agent the console is asked for',
  async () => {
    const sandbox = await runningSandbox();
    const own = join(sandbox.folder, 'own');
    const socket = join(sandbox.folder, 'agent');
    const env = { SSH_AUTH_SOCK: socket };
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', own]);
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    onTestFinished(() => void agent.kill());
    const added = (): boolean => spawnSync('ssh-add', ['-q', own], { env }).status === 0;
    await until(added, 'the agent');
    await rm(own);
    await rm(`${own}.pub`);
    const wish = ['--region', 'fra1', '--label', 'edge', '--ssh-key', 'agent'];
    const made = await sandbox.run(['provision', ...wish], { env });
    expect(made.exitCode, made.stderr).toBe(0);
    const recover = ['servers', 'recover', 'edge', '--yes', 'edge'];
    const recovered = await sandbox.run(recover, { env });
    expect([recovered.exitCode, recovered.stderr]).toEqual([0, '']);
    expect(recovered.stdout).not.toContain('install -d');
    expect((await sandbox.run(['servers'])).stdout).toMatch(/^edge .*online/m);
    const [dropletId] = await droplets(sandbox);
    const alone = await sandbox.run(recover, {
      onStart(child) {
        let said = '';
        child.stdout?.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          const [command] = /^install -d .*\.pub(?=\n)/m.exec(said) ?? [];
          if (command === undefined) return;
          said = '';
          void control(sandbox, { action: 'runOnConsole', dropletId, command });
        });
      },
    });
    expect([alone.exitCode, alone.stderr]).toEqual([0, '']);
  },
  LIMIT_MS,
);
