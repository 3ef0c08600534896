import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { removeAbandoned } from '../../../src/services/files/atomic.js';
import { fakeMac } from '../../fixtures/keychain/fake-mac.js';
import { makePanelPki } from '../../fixtures/nginx/pki.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

/** Needs the compiled program (`npm run build`). */
const FIXTURE = resolve(import.meta.dirname, 'import-once.fixture.mjs');

it('a process that is killed in the middle of an import leaves a file that the next one removes, and an identity that is found', async () => {
  const [mac, pki, folder] = await Promise.all([fakeMac(), makePanelPki(), temporaryFolder()]);
  const path = join(await temporaryFolder(), 'client.p12');
  await writeFile(path, pki.p12, { mode: 0o600 });
  await mac.behave('import-then-hang');
  const { programs, homeFolder } = mac;
  const args = [FIXTURE, programs.security, programs.curl, homeFolder, folder, path];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin?.end(pki.passphrase);
  await expect.poll(() => mac.identities(), { timeout: 20_000 }).toHaveLength(1);
  const imported = (await mac.calls()).find(({ argv }) => argv[0] === 'import')!;
  onTestFinished(() => void process.kill(imported.pid, 'SIGKILL'));
  child.kill('SIGKILL');
  await once(child, 'exit');

  expect(await readdir(folder)).toEqual([expect.stringMatching(/^\.import\.p12\..*\.tmp$/)]);
  await removeAbandoned(folder);
  expect(await readdir(folder)).toEqual([]);
  await mac.behave('open');
  const { sha1 } = await mac.keychain.add(pki, { folder });
  expect((await mac.calls()).filter(({ argv }) => argv[0] === 'import')).toHaveLength(1);
  expect(await mac.keychain.remove(sha1)).toBe(true);
  expect(await mac.identities()).toEqual([]);
}, 60_000);
