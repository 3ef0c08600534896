import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { spawn, spawnSync } from 'node:child_process';
import { generateSshKeyPair } from '../../../src/services/ssh/keys.js';
import { systemShell } from '../../../src/services/ssh/system-shell.js';
import { runSystemSsh } from '../../../src/services/ssh/system-ssh.js';
import { startSshd } from '../../fixtures/sshd/start.js';
import { until } from '../../journeys/until.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

/** A real sshd, and a target for the real ssh with this host key pinned. */
async function target(hostKey?: string) {
  const sshd = await startSshd();
  onTestFinished(() => sshd.stop());
  // A blank and a percent sign, which ssh would read as more than a name.
  const folder = join(await temporaryFolder(), 'known %h');
  await mkdir(folder);
  const [knownHosts, identity] = [join(folder, 'hosts'), join(folder, 'id')];
  await writeFile(knownHosts, `lab ${hostKey ?? sshd.hostKey.publicKey}\n`);
  await writeFile(identity, sshd.clientKey.privateKey, { mode: 0o600 });
  const { username: user } = userInfo();
  const place = { host: '127.0.0.1', port: sshd.port, user, hostKeyAlias: 'lab' };
  return { sshd, target: { ...place, knownHosts, identity } };
}

const run = (of: Parameters<typeof runSystemSsh>[0]): Promise<number> =>
  runSystemSsh(of, () => undefined);

it('runs a command there, and ends with its exit code', async () => {
  const { sshd, target: way } = await target();
  const file = join(sshd.root, 'made');
  const command = ['printf', '%s', "'two; words $HOME'", '>', file];
  expect(await run({ ...way, command })).toBe(0);
  // Only the shell there reads it, once.
  expect(await readFile(file, 'utf8')).toBe('two; words $HOME');
  expect(await run({ ...way, command: ['exit', '7'] })).toBe(7);
});

it('runs nothing on a server with another host key, and believes no other list', async () => {
  const { sshd, target: way } = await target(generateSshKeyPair('').publicKey);
  const file = join(sshd.root, 'made');
  expect(await run({ ...way, command: ['touch', file] })).toBe(255);
  await expect(readFile(file)).rejects.toThrow('ENOENT');
  expect(sshd.log()).not.toContain('Accepted');
});

it('logs in with a key that only an agent holds, and is refused without the agent', async () => {
  const { sshd, target: way } = await target();
  const folder = await temporaryFolder();
  const socket = join(folder, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  onTestFinished(() => void agent.kill());
  const environment = { HOME: folder, PATH: process.env['PATH'], SSH_AUTH_SOCK: socket };
  const add = (): number | null =>
    spawnSync('ssh-add', ['-q', '-'], { input: sshd.clientKey.privateKey, env: environment })
      .status;
  await until(() => add() === 0, 'the agent');
  const withAgent = { ...way, identity: undefined };
  const shell = systemShell(withAgent, sshd.hostKey.publicKey, environment);
  expect(await shell.exec('exit 3')).toEqual({ exitCode: 3, signal: undefined });
  const alone = systemShell(withAgent, sshd.hostKey.publicKey, {
    ...environment,
    SSH_AUTH_SOCK: undefined,
  });
  await expect(alone.exec('true')).rejects.toMatchObject({ code: 'authentication-failed' });
  agent.kill();
  await expect(shell.exec('true')).rejects.toMatchObject({ code: 'authentication-failed' });
});
