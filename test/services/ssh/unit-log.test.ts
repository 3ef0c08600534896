import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSshKeyPair } from '../../../src/services/ssh/keys.js';
import { readUnitLog, type UnitLog } from '../../../src/services/ssh/unit-log.js';
import { startSshd, type TestSshd } from '../../fixtures/sshd/start.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const SIGNAL = new AbortController().signal;
let sshd: TestSshd;

beforeAll(async () => {
  sshd = await startSshd({ config: ['ForceCommand echo "ran: $SSH_ORIGINAL_COMMAND"; echo end'] });
});
afterAll(() => sshd.stop());

/** Reads with a key of the person's, and the host key that is pinned. */
async function read(privateKey: string, hostKey: string): Promise<UnitLog> {
  const folder = await temporaryFolder();
  const [knownHosts, identity] = [join(folder, 'hosts'), join(folder, 'id')];
  await writeFile(knownHosts, `lab ${hostKey}\n`);
  await writeFile(identity, privateKey, { mode: 0o600 });
  const place = { host: '127.0.0.1', port: sshd.port, user: userInfo().username };
  const target = { ...place, hostKeyAlias: 'lab', knownHosts, identity };
  // Without an agent, whose keys this machine might accept.
  const environment = { PATH: process.env['PATH'], HOME: folder };
  return await readUnitLog(target, 'nginx', 5, environment, SIGNAL);
}

describe('readUnitLog', () => {
  it('reads the end of a log with a key of the person', async () => {
    expect(await read(sshd.clientKey.privateKey, sshd.hostKey.publicKey)).toEqual({
      kind: 'read',
      lines: ['ran: journalctl -u nginx -n 5 --no-pager -o short-iso', 'end'],
    });
  });

  it('says why it cannot, without a question', async () => {
    const { privateKey, publicKey } = generateSshKeyPair('other');
    expect(await read(privateKey, sshd.hostKey.publicKey)).toEqual({
      kind: 'unread',
      reason: expect.stringContaining('Permission denied') as string,
    });
    expect(await read(sshd.clientKey.privateKey, publicKey)).toEqual({
      kind: 'unread',
      reason: 'Host key verification failed.',
    });
  });
});
