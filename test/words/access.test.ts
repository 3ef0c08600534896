import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scpCommand } from '../../src/words/access.js';
import { startSshd, type TestSshd } from '../fixtures/sshd/start.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

const run = promisify(execFile);

let sshd: TestSshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

/** The computer with the browser: a folder, and a shell whose scp knows this machine's host key and has a key for it. */
async function browserMachine(): Promise<{ folder: string; type(command: string): Promise<void> }> {
  const folder = await temporaryFolder();
  const programs = join(folder, 'bin');
  const downloads = join(folder, 'downloads');
  await mkdir(programs);
  await mkdir(downloads);
  const [config, identity, hosts] = ['config', 'id', 'hosts'].map((name) => join(folder, name));
  await writeFile(identity!, sshd.clientKey.privateKey, { mode: 0o600 });
  await writeFile(hosts!, `[127.0.0.1]:${sshd.port} ${sshd.hostKey.publicKey}\n`);
  await writeFile(
    config!,
    `IdentityFile ${identity}\nIdentityAgent none\nUserKnownHostsFile ${hosts}\nStrictHostKeyChecking yes\nBatchMode yes\n`,
  );
  const scp = join(programs, 'scp');
  await writeFile(scp, `#!/bin/sh\nexec /usr/bin/scp -F ${config} "$@"\n`);
  await chmod(scp, 0o700);
  const env = { PATH: `${programs}:${process.env['PATH']}`, HOME: folder };
  return {
    folder: downloads,
    async type(command) {
      await run('/bin/sh', ['-c', command], { cwd: downloads, env });
    },
  };
}

describe('scpCommand', () => {
  it.each(['home', "o'brien", 'two words; echo', '$HOME `id`'])(
    'fetches the certificate below %j with the real scp, as it is typed',
    async (name) => {
      const home = join(await temporaryFolder(), name);
      await mkdir(home);
      const path = join(home, 'client.p12');
      const content = Buffer.from([0x30, 0x82, 0x00, 0xff, 0x0a, 0x0d]);
      await writeFile(path, content, { mode: 0o600 });
      const command = scpCommand(
        {
          hasKeychain: false,
          hostName: 'bastion.example.com',
          sandbox: false,
          userName: userInfo().username,
          reachedAt: { address: '127.0.0.1', port: String(sshd.port) },
        },
        path,
      );
      const browser = await browserMachine();
      await browser.type(command);
      expect(await readFile(join(browser.folder, 'client.p12'))).toEqual(content);
    },
  );
});
