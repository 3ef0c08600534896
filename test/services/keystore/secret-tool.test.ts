import { expect, it } from 'vitest';
import { findSecretTool } from '../../../src/services/keystore/secret-tool.js';
import { startKeyringSession } from '../../fixtures/keyring/start.js';

const TIMEOUT_MS = 10_000;
const SERVICE = 'com.portlama.server';
const NO_WORDS = ['--help', '-h', '--label=other', '--', '', 'a b', 'x\n--help', '-x --unlock'];

it('an account that is no plain word is neither looked up, stored nor cleared', async () => {
  const session = await startKeyringSession();
  await session.startDaemon('password of the keyring');
  const tool = findSecretTool(session.environment, TIMEOUT_MS)!;
  const plain = { service: SERVICE, account: '7f9c24e8-3b13-4f2a-9d5e-0a1b2c3d4e5f' };
  expect(await tool.store(plain, 'secret')).toBe(true);
  for (const word of NO_WORDS) {
    for (const key of [
      { ...plain, account: word },
      { ...plain, service: word },
    ]) {
      // With `--help` the tool itself succeeds, and its help would be taken for the secret.
      expect(await tool.lookup(key), word).toBeUndefined();
      expect(await tool.store(key, 'other'), word).toBe(false);
      expect(await tool.clear(key), word).toBe(false);
    }
  }
  expect(await tool.lookup(plain)).toBe('secret');
});
