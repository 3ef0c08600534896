import { describe, expect, it } from 'vitest';
import { openKeychain } from '../../src/main/world.js';
import type { Keychain } from '../../src/services/keychain/keychain.js';
import { LoginKeychain } from '../../src/services/keychain/login-keychain.js';
import { doctor, type Finding } from '../../src/usecases/doctor.js';
import { fakeMac } from '../fixtures/keychain/fake-mac.js';
import { testWork } from '../usecases/work.js';

async function checkKeychain(keychain: Keychain | undefined): Promise<readonly Finding[]> {
  const findings = await doctor({ ...testWork({}).work, keychain }, { terminal: '' });
  return findings.filter(({ name }) => name === 'Login keychain');
}

describe('the login keychain in doctor', () => {
  it('is nothing to speak of but on a Mac', async () => {
    expect(openKeychain('linux', '/home/ops')).toBeUndefined();
    expect(openKeychain('darwin', '/Users/ops')).toBeInstanceOf(LoginKeychain);
    expect(await checkKeychain(undefined)).toEqual([]);
  });

  it('works, serves only in part, or is locked', async () => {
    const mac = await fakeMac();
    expect(await checkKeychain(mac.keychain)).toMatchObject([{ level: 'ok' }]);
    await mac.behave('no-secure-transport');
    expect(await checkKeychain(mac.keychain)).toMatchObject([
      { level: 'note', text: expect.stringContaining('stay in encrypted files') },
    ]);
    await mac.behave('locked');
    expect(await checkKeychain(mac.keychain)).toMatchObject([
      { level: 'problem', hint: expect.stringContaining('security unlock-keychain') },
    ]);
  });
});
