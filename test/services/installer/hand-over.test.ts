import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handOverIn } from '../../../src/services/installer/hand-over.js';
import { connectSsh } from '../../../src/services/ssh/connect.js';
import { generateSshKeyPair } from '../../../src/services/ssh/keys.js';
import type { SshConnection } from '../../../src/services/ssh/ssh.js';
import { eventually } from '../ssh/eventually.js';
import { installNode, SUCCESS } from './droplet.js';
import { type Installation, OPERATION, startInstallation } from './installation.js';

let on: Installation;
beforeEach(async () => {
  on = await startInstallation();
  await installNode(on.droplet, SUCCESS);
  await on.run(await on.connect());
});
afterEach(() => on.end());

const TIMEOUT = { timeoutMs: 20_000 };

function codeOf(connecting: Promise<SshConnection>): Promise<string> {
  return connecting.then(
    (connection) => {
      connection.close();
      return 'open';
    },
    (error: unknown) => (error as { code: string }).code,
  );
}

describe('the hand-over through OpenSSH', () => {
  it('makes one fresh host key, which is not in force yet', async () => {
    const { prepareHandOver } = handOverIn(on.droplet.home);
    const key = await prepareHandOver(await on.connect(), OPERATION);
    expect(key).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]+$/);
    expect(on.sshd.hostKey.publicKey).not.toContain(key);
    expect(await prepareHandOver(await on.connect(), OPERATION)).toBe(key);
  });

  it('leaves a server that knows neither the injected host key nor the temporary key', async () => {
    const { prepareHandOver, applyHandOver } = handOverIn(on.droplet.home);
    const ssh = join(on.droplet.root, 'etc/ssh');
    for (const name of [
      'ssh_host_rsa_key',
      'ssh_host_rsa_key.pub',
      'ssh_host_ed25519_key-cert.pub',
    ]) {
      await writeFile(join(ssh, name), 'of the image');
    }
    const owner = generateSshKeyPair('owner');
    const authorized = join(on.droplet.root, 'root/.ssh/authorized_keys');
    await appendFile(authorized, `# kept\n${owner.publicKey}\n`);

    const connection = await on.connect();
    const hostKey = await prepareHandOver(connection, OPERATION);
    await applyHandOver(connection, OPERATION, on.sshd.clientKey.publicKey);

    expect((await readdir(ssh)).sort()).toEqual([
      'ssh_host_ed25519_key',
      'ssh_host_ed25519_key.pub',
      'sshd_config',
    ]);
    expect((await stat(join(ssh, 'ssh_host_ed25519_key'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(ssh, 'ssh_host_ed25519_key.pub'))).mode & 0o777).toBe(0o644);
    expect(await readFile(authorized, 'utf8')).toBe(`# kept\n${owner.publicKey}\n`);
    expect((await stat(authorized)).mode & 0o777).toBe(0o600);
    expect(await readdir(on.droplet.home)).toEqual(['.ssh']);
    // The open connection lives on.
    expect((await connection.exec('true')).exitCode).toBe(0);

    const target = { ...on.sshd.target, hostKey };
    const verdict = (changes: object): Promise<string> =>
      codeOf(connectSsh({ ...target, ...changes }, TIMEOUT));
    await eventually(() => verdict({ privateKey: owner.privateKey })).toBe('open');
    expect(await verdict({})).toBe('authentication-failed');
    expect(await verdict({ hostKey: on.sshd.hostKey.publicKey })).toBe('host-key-changed');
  });

  it('can be applied again after it was cut off at any of its steps', async () => {
    const { prepareHandOver, applyHandOver } = handOverIn(on.droplet.home);
    const connection = await on.connect();
    const hostKey = await prepareHandOver(connection, OPERATION);
    const temporary = on.sshd.clientKey.publicKey;
    // Each of these programs ends the script when it is called for the n-th time.
    for (const [program, call] of [
      ['cp', 1],
      ['cp', 2],
      ['mv', 1],
      ['mv', 2],
      ['systemctl', 1],
      ['grep', 1],
      ['chmod', 2],
      ['mv', 3],
      ['rm', 1],
    ] as const) {
      await on.droplet.file('count', '0');
      await on.droplet.program(
        program,
        `n=$(($(cat "$PORTLAMA_ROOT/count") + 1)); echo $n > "$PORTLAMA_ROOT/count"
         if [ $n = ${call} ]; then kill -9 $PPID; exit 1; fi
         exec "$PORTLAMA_ROOT/tools/${program}" "$@"`,
      );
      await expect(
        applyHandOver(connection, OPERATION, temporary),
        `${program} ${call}`,
      ).rejects.toMatchObject({
        code: 'hand-over-failed',
      });
      await on.droplet.removeProgram(program);
      await on.droplet.program('systemctl', 'exit 1');
    }
    await applyHandOver(connection, OPERATION, temporary);
    expect(await readFile(join(on.droplet.root, 'root/.ssh/authorized_keys'), 'utf8')).toBe('');
    // sshd is away for a moment while it takes its new key.
    await eventually(async () => codeOf(connectSsh({ ...on.sshd.target, hostKey }, TIMEOUT))).toBe(
      'authentication-failed',
    );
  });

  it('changes nothing before a fresh key was made', async () => {
    const { applyHandOver } = handOverIn(on.droplet.home);
    const connection = await on.connect();
    await expect(
      applyHandOver(connection, OPERATION, on.sshd.clientKey.publicKey),
    ).rejects.toMatchObject({
      code: 'hand-over-failed',
      message: 'The server did not take its new host key (No fresh host key was prepared.).',
    });
    (await on.connect()).close();
    await expect(applyHandOver(connection, OPERATION, 'not a key')).rejects.toThrow(TypeError);
    await expect(applyHandOver(connection, '../x', on.sshd.clientKey.publicKey)).rejects.toThrow(
      TypeError,
    );
  });

  it('says why no key could be made', async () => {
    const { prepareHandOver } = handOverIn(on.droplet.home);
    await on.droplet.program('ssh-keygen', 'echo "no entropy" >&2; exit 1');
    await expect(prepareHandOver(await on.connect(), OPERATION)).rejects.toMatchObject({
      code: 'hand-over-failed',
      message: 'The server made no fresh host key (no entropy).',
    });
  });
});
