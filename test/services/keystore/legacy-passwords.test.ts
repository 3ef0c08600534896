import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/time.js';
import { createSessionKeystore, p12PasswordKey } from '../../../src/services/keystore/keystore.js';
import { moveLegacyPasswords } from '../../../src/services/keystore/legacy-passwords.js';
import { Redactor } from '../../../src/services/log/redactor.js';
import { createRegistry } from '../../../src/services/registry/registry-file.js';
import { MemoryKeystore } from '../../fixtures/memory-keystore.js';
import { makePanelPki, type PanelPki } from '../../fixtures/nginx/pki.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { serverEntry } from '../registry/server-entry.js';

const IDS = ['one', 'two'] as const;

/** A servers.json as an older desktop app left it, with a password in each entry. */
async function setUp(password = 'legacy-password', pki?: PanelPki) {
  const home = join(await temporaryFolder(), 'portlama');
  await mkdir(home, { mode: 0o700 });
  const path = join(home, 'servers.json');
  const entries = IDS.map((id) => ({ ...serverEntry({ id }), p12Password: password, future: 1 }));
  await writeFile(path, JSON.stringify(entries), { mode: 0o600 });
  const keystore = new MemoryKeystore();
  const redactor = new Redactor();
  const ports = {
    registry: createRegistry({ home, clock: systemClock }),
    keystore,
    redactor,
    readP12: () => Promise.resolve(pki?.p12),
  };
  return { path, home, keystore, redactor, ports };
}

describe('passwords that another program left in servers.json', () => {
  it('move to the store, and leave the file and its backup', async () => {
    const { path, home, keystore, redactor, ports } = await setUp();
    expect(await moveLegacyPasswords(ports)).toEqual({ moved: [...IDS], left: [] });
    for (const id of IDS) expect(await keystore.get(p12PasswordKey(id))).toBe('legacy-password');
    for (const file of [path, join(home, 'servers.json.bak')])
      expect(await readFile(file, 'utf8')).not.toContain('legacy-password');
    expect(await readFile(path, 'utf8')).toContain('"future"');
    expect(redactor.clean('it is legacy-password')).not.toContain('legacy-password');
    expect(await moveLegacyPasswords(ports)).toEqual({ moved: [], left: [] });
  });

  it('stay, byte by byte, where the store does not work, and why is said', async () => {
    const { path, keystore, ports } = await setUp();
    const before = await readFile(path, 'utf8');
    keystore.set = () => Promise.reject(new Error('The keyring is locked.'));
    const { moved, left } = await moveLegacyPasswords(ports);
    expect(moved).toEqual([]);
    expect(left).toEqual(IDS.map((id) => ({ id, reason: 'The keyring is locked.' })));
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  it('stay where the store is memory, which would take them along at the end', async () => {
    const { path, ports } = await setUp();
    const before = await readFile(path, 'utf8');
    const { left } = await moveLegacyPasswords({ ...ports, keystore: createSessionKeystore() });
    expect(left.map(({ id }) => id)).toEqual([...IDS]);
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  it('stay where the store does not give back what it was given', async () => {
    const { path, keystore, ports } = await setUp();
    const before = await readFile(path, 'utf8');
    keystore.set = () => Promise.resolve();
    const { left } = await moveLegacyPasswords(ports);
    expect(left[0]?.reason).toContain('did not return the password');
    expect(left[0]?.reason).not.toContain('legacy-password');
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  it('replace one that does not open the certificate, and only then', async () => {
    const pki = await makePanelPki();
    const newer = await setUp(pki.passphrase, pki);
    await newer.keystore.set(p12PasswordKey('one'), 'out of date');
    expect((await moveLegacyPasswords(newer.ports)).moved).toEqual([...IDS]);
    expect(await newer.keystore.get(p12PasswordKey('one'))).toBe(pki.passphrase);

    const older = await setUp('out of date', pki);
    for (const id of IDS) await older.keystore.set(p12PasswordKey(id), pki.passphrase);
    expect((await moveLegacyPasswords(older.ports)).moved).toEqual([...IDS]);
    expect(await older.keystore.get(p12PasswordKey('one'))).toBe(pki.passphrase);
  });

  it('stay when nobody can say which of two is right', async () => {
    const { path, keystore, ports } = await setUp();
    await keystore.set(p12PasswordKey('one'), 'another');
    const { moved, left } = await moveLegacyPasswords(ports);
    expect(moved).toEqual(['two']);
    expect(left[0]).toMatchObject({ id: 'one', reason: expect.stringContaining('neither opens') });
    expect(await keystore.get(p12PasswordKey('one'))).toBe('another');
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject([
      { id: 'one', p12Password: 'legacy-password' },
      { id: 'two' },
    ]);
  });
});
