import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { uploadInstallation } from '../../../src/services/installer/upload.js';
import type { SshConnection } from '../../../src/services/ssh/ssh.js';
import { SshError } from '../../../src/services/ssh/ssh-error.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const lost = (): SshError => new SshError({ code: 'connection-lost', message: 'lost' });
/** Takes a command, and is lost at the first file. */
const LOST: SshConnection = {
  hostKeySha256: 'SHA256:x',
  closed: true,
  exec: () => Promise.resolve({ exitCode: 0, signal: undefined }),
  readFile: () => Promise.reject(lost()),
  writeFile: () => Promise.reject(lost()),
  close: () => undefined,
};

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);
beforeEach(() => void process.on('unhandledRejection', note));
afterEach(() => void process.off('unhandledRejection', note));

it('fails with what the connection failed with, and with nothing that nobody handles', async () => {
  const path = join(await temporaryFolder(), 'installer.tgz');
  await writeFile(path, gzipSync('package'));
  const upload = uploadInstallation(LOST, '/root/x', { kind: 'tarball', path }, undefined);
  await expect(upload).rejects.toMatchObject({ code: 'connection-lost' });
  await delay(20);
  expect(unhandled).toEqual([]);
});
