import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/time.js';
import { findNewestBackup, restoreNewestBackup } from '../../../src/services/registry/backup.js';
import { RegistryError } from '../../../src/services/registry/registry.js';
import { createRegistry } from '../../../src/services/registry/registry-file.js';
import { importCertificate } from '../../../src/services/registry/server-credentials.js';
import { createSessionKeystore } from '../../../src/services/keystore/keystore.js';
import { makePanelPki } from '../../fixtures/nginx/pki.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { serverEntry } from './server-entry.js';

const clock = systemClock;
const A = serverEntry({ id: 'aaaaaaaa-0000-4000-8000-000000000001', label: 'a' });
const B = serverEntry({ id: 'bbbbbbbb-0000-4000-8000-000000000002', label: 'b' });

async function setUp(content?: string) {
  const home = join(await temporaryFolder(), 'home');
  const registry = createRegistry({ home, clock });
  if (content !== undefined) {
    await mkdir(home, { mode: 0o700 });
    await writeFile(registry.path, content);
  }
  return { home, registry, read: () => readFile(registry.path, 'utf8') };
}

async function errorOf(promise: Promise<unknown>): Promise<RegistryError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RegistryError)) throw new Error(`not a RegistryError: ${String(error)}`);
  return error;
}

describe('an encoding', () => {
  const UTF16 = Buffer.from(`\ufeff${JSON.stringify([A])}`, 'utf16le');
  const LATIN1 = Buffer.from(JSON.stringify([{ ...A, label: 'café' }]), 'latin1');

  it('with a byte order mark is read, and written without', async () => {
    const { registry, read } = await setUp(`\ufeff${JSON.stringify([A])}`);
    expect(await registry.list()).toEqual([A]);
    await registry.save(B);
    expect(await registry.list()).toEqual([A, B]);
    expect(await read()).toMatch(/^\[/);
  });

  it.each([
    ['UTF-16', UTF16, 'it is UTF-16 and not UTF-8'],
    ['Latin-1', LATIN1, 'it is not UTF-8 text'],
  ])('of %s is named, and nothing is written over it', async (_name, bytes, reason) => {
    const { registry } = await setUp('');
    await writeFile(registry.path, bytes);
    expect((await errorOf(registry.list())).message).toContain(`cannot be read: ${reason}.`);
    expect((await errorOf(registry.save(B))).message).toContain(reason);
    expect(await readFile(registry.path)).toEqual(bytes);
  });

  it('with a byte order mark is a backup', async () => {
    const { registry } = await setUp('[{]');
    const backup = `${registry.path}.bak`;
    await writeFile(backup, `\ufeff${JSON.stringify([A])}`);
    expect(await findNewestBackup(registry.path)).toBe(backup);
    await restoreNewestBackup(registry.path, clock);
    expect(await registry.list()).toEqual([A]);
  });

  it('that loses bytes makes no backup', async () => {
    const { registry } = await setUp('[{]');
    await writeFile(`${registry.path}.bak`, LATIN1);
    expect(await findNewestBackup(registry.path)).toBeUndefined();
  });
});

describe('the list of servers', () => {
  it('is empty without a file, and makes none by looking', async () => {
    const { home, registry } = await setUp();
    expect(await registry.list()).toEqual([]);
    await expect(readdir(home)).rejects.toThrow('ENOENT');
  });

  it('changes fields of an entry, and keeps those that it does not know', async () => {
    const { registry } = await setUp(JSON.stringify([{ ...A, theme: 'dark' }, B]));
    expect(await registry.change(A.id, { label: 'shop' })).toEqual({ ...A, label: 'shop' });
    expect(await registry.list()).toEqual([{ ...A, label: 'shop' }, B]);
    expect(await readFile(registry.path, 'utf8')).toContain('"theme":');
    await expect(registry.change(A.id, { label: B.label })).rejects.toMatchObject({
      code: 'label-taken',
    });
    await expect(registry.change('nobody', { label: 'x' })).rejects.toMatchObject({
      code: 'server-unknown',
    });
  });

  it('keeps what is saved, in private files, and leaves no others behind', async () => {
    const { home, registry } = await setUp();
    await registry.save(A);
    await registry.save(B);
    expect(await registry.list()).toEqual([A, B]);
    expect((await readdir(home)).sort()).toEqual(['servers.json', 'servers.json.bak']);
    expect((await lstat(home)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(home)) {
      expect((await lstat(join(home, name))).mode & 0o777).toBe(0o600);
    }
  });

  it('has at most one active server', async () => {
    const { registry } = await setUp();
    await registry.save({ ...A, active: true });
    await registry.save({ ...B, active: true });
    expect((await registry.list()).map((entry) => entry.active)).toEqual([false, true]);
    await registry.setActive(A.id);
    expect((await registry.list()).map((entry) => entry.active)).toEqual([true, false]);
  });

  it('shows only the first of several that claim to be active, and corrects the file on a change', async () => {
    const { registry, read } = await setUp(
      JSON.stringify([
        { ...A, active: true },
        { ...B, active: true },
      ]),
    );
    expect((await registry.list()).map((entry) => entry.active)).toEqual([true, false]);
    await registry.setActive(A.id);
    const written = JSON.parse(await read()) as { active: boolean }[];
    expect(written.map((entry) => entry.active)).toEqual([true, false]);
  });

  it('removes nothing but the entry, and says whether there was one', async () => {
    const { registry } = await setUp(JSON.stringify([A, B]));
    expect(await registry.remove(A.id)).toBe(true);
    expect(await registry.remove(A.id)).toBe(false);
    expect(await registry.list()).toEqual([B]);
  });

  it('refuses to activate a server that is not there', async () => {
    const { registry } = await setUp(JSON.stringify([A]));
    const error = await errorOf(registry.setActive(B.id));
    expect(error.code).toBe('server-unknown');
  });
});

describe('what others wrote', () => {
  it('is kept value by value: unknown fields, unknown entries, large numbers', async () => {
    const strange = [
      '"a note"',
      '{ "kind": "group", "members": [1, 2.50, 1e3] }',
      `{"id": "${A.id}", "panelUrl": "https://203.0.113.1:9292", "big": 12345678901234567890, "__proto__": {"x": 1},\n "nested": {"deep": [ {"a": "]}\\"" } ]}}`,
    ];
    const { registry, read } = await setUp(`[${strange.join(',\n')}]`);
    await registry.save(B);
    await registry.setActive(A.id);
    const text = await read();
    expect(text).toContain('"a note"');
    expect(text).toContain('{ "kind": "group", "members": [1, 2.50, 1e3] }');
    expect(text).toContain('"big": 12345678901234567890');
    expect(text).toContain('"__proto__": {"x": 1}');
    expect(text).toContain('"nested": {"deep": [ {"a": "]}\\"" } ]}');
    expect((await registry.list()).map((entry) => [entry.id, entry.active])).toEqual([
      [A.id, true],
      [B.id, false],
    ]);
  });

  it('is not lost when an entry is saved whose provider this program does not know', async () => {
    const { registry, read } = await setUp(JSON.stringify([{ ...A, provider: 'elsewhere' }]));
    const [entry] = await registry.list();
    expect(entry?.provider).toBeUndefined();
    await registry.save({ ...entry!, label: 'renamed' });
    expect(JSON.parse(await read())).toEqual([{ ...A, provider: 'elsewhere', label: 'renamed' }]);
  });

  it.each([
    ['torn', '[{"id": "x", "p12Password": "hunter2-secret"'],
    ['empty', ''],
    ['no list', '{"servers": []}'],
  ])('is never overwritten when it does not parse: %s', async (_name, content) => {
    const { registry, read } = await setUp(content);
    const errors = [
      await errorOf(registry.list()),
      await errorOf(registry.save(A)),
      await errorOf(registry.remove(A.id)),
    ];
    for (const error of errors) {
      expect(error.code).toBe('registry-unreadable');
      expect(error.message).toContain(registry.path);
      expect(JSON.stringify([error.message, error.hint])).not.toContain('hunter2');
    }
    expect(await read()).toBe(content);
  });

  it('can be started again from the newest backup, the broken file kept', async () => {
    const { home, registry } = await setUp(JSON.stringify([A]));
    await registry.save(B);
    await registry.remove(A.id);
    await writeFile(registry.path, '[{');
    const backup = join(home, 'servers.json.bak');
    expect(await findNewestBackup(registry.path)).toBe(backup);
    expect((await errorOf(registry.list())).hint).toContain(`cp ${backup} ${registry.path}`);
    const restoring = restoreNewestBackup(registry.path, clock);
    const state = { isOver: false, wasAbsent: false };
    void restoring.finally(() => (state.isOver = true));
    for (; !state.isOver; await new Promise(setImmediate))
      state.wasAbsent ||= !existsSync(registry.path);
    // A crash without a file in that place would leave an empty list that counts as readable.
    expect(state.wasAbsent).toBe(false);
    const kept = await restoring;
    expect(await readFile(kept, 'utf8')).toBe('[{');
    expect(await registry.list()).toEqual([A, B]);
    // Put right in the meantime, by hand or by another program: nothing takes its place.
    expect(await errorOf(restoreNewestBackup(registry.path, clock))).toMatchObject({
      code: 'readable-again',
    });
    expect(await registry.list()).toEqual([A, B]);
  });

  it('is not written through a symbolic link', async () => {
    const { home, registry } = await setUp('[]');
    const elsewhere = join(home, 'elsewhere.json');
    await rename(registry.path, elsewhere);
    await symlink(elsewhere, registry.path);
    await expect(registry.save(A)).rejects.toMatchObject({ code: 'symbolic-link' });
    expect(await readFile(elsewhere, 'utf8')).toBe('[]');
  });

  it('keeps what another process changed while a certificate was imported', async () => {
    const { home, registry } = await setUp(JSON.stringify([A, B]));
    const { p12, passphrase: password } = await makePanelPki();
    const keystore = createSessionKeystore();
    let looks = 0;
    /** Imports while another process does this after each look at the list. */
    const importing = (id: string, meanwhile: (look: number) => Promise<unknown>) => {
      const list = async () => {
        const listed = await registry.list();
        await meanwhile(++looks);
        return listed;
      };
      const to = { home, keystore, registry: { ...registry, list } };
      return importCertificate(id, { p12, password }, to);
    };
    await importing(A.id, (look) => registry.change(A.id, { label: `renamed-${look}` }));
    const [kept] = await registry.list();
    expect(kept).toMatchObject({ p12Path: join(home, 'servers', A.id, 'client.p12') });
    expect(kept!.label).toBe(`renamed-${looks}`);
    const removed = importing(B.id, () => registry.remove(B.id));
    await expect(removed).rejects.toMatchObject({ code: 'server-unknown' });
    expect((await registry.list()).map(({ id }) => id)).toEqual([A.id]);
  });

  it('survives a change that another program makes at the last moment', async () => {
    const { home, registry } = await setUp(JSON.stringify([A]));
    const isOurNewFile = (name: string): boolean => /^\.servers\.json\.[0-9a-f]+\.tmp$/.test(name);
    // The other program knows no lock: it writes just when our new file is about to be put in place.
    const other = (async () => {
      while (!readdirSync(home).some(isOurNewFile)) await new Promise(setImmediate);
      writeFileSync(registry.path, JSON.stringify([A, { ...B, label: 'theirs' }]));
    })();
    await registry.save({ ...A, label: 'ours' });
    await other;
    expect((await registry.list()).map((entry) => entry.label)).toEqual(['ours', 'theirs']);
  });
});

describe('several of our own processes', () => {
  it('lose no change of each other', async () => {
    const { home, registry } = await setUp();
    const script = fileURLToPath(new URL('save-many.fixture.mjs', import.meta.url));
    const run = promisify(execFile);
    await Promise.all(
      ['p', 'q', 'r'].map((name) => run(process.execPath, [script, home, name, '12'])),
    );
    const ids = (await registry.list()).map((entry) => entry.id).sort();
    const expected = ['p', 'q', 'r'].flatMap((name) =>
      Array.from({ length: 12 }, (_, index) => `${name}-${index}`),
    );
    expect(ids).toEqual(expected.sort());
    expect((await readdir(home)).sort()).toEqual(['servers.json', 'servers.json.bak']);
  });
});

describe('an older setup with an agent.json', () => {
  it('gives the first entry, with one id for good', async () => {
    const { home, registry } = await setUp();
    await mkdir(home);
    const agent = {
      panelUrl: 'https://203.0.113.9:9292',
      authMethod: 'p12',
      p12Path: '/home/x/.portlama/client.p12',
      p12Password: 'hunter2-secret',
      setupAt: '2026-01-02T03:04:05.000Z',
    };
    await writeFile(join(home, 'agent.json'), JSON.stringify(agent));
    const [entry, ...others] = await registry.list();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      label: '203.0.113.9',
      panelUrl: agent.panelUrl,
      ip: '203.0.113.9',
      createdAt: agent.setupAt,
      active: true,
      p12Path: agent.p12Path,
    });
    expect(await registry.list()).toEqual([entry]);
    expect(await readFile(registry.path, 'utf8')).not.toContain('hunter2');
  });

  it.each(['{', '[]', '{"panelUrl": 5}', '{"panelUrl": "no address"}'])(
    'means nothing when it is not usable: %s',
    async (content) => {
      const { home, registry } = await setUp();
      await mkdir(home);
      await writeFile(join(home, 'agent.json'), content);
      expect(await registry.list()).toEqual([]);
    },
  );
});

describe('passwords that older writers left', () => {
  it('are found, and are gone from file and backup once dropped', async () => {
    const secret = 'hunter2-secret';
    const { home, registry, read } = await setUp(
      JSON.stringify([
        { ...A, p12Password: secret },
        { ...B, p12Password: 'other-secret' },
      ]),
    );
    expect(await registry.findLegacyPasswords()).toEqual([
      { id: A.id, password: secret },
      { id: B.id, password: 'other-secret' },
    ]);
    await registry.setActive(B.id);
    expect(await read()).toContain(secret);
    await registry.dropLegacyPassword(A.id);
    for (const name of await readdir(home)) {
      expect(await readFile(join(home, name), 'utf8')).not.toContain(secret);
    }
    expect(await registry.findLegacyPasswords()).toEqual([{ id: B.id, password: 'other-secret' }]);
    await registry.remove(B.id);
    for (const name of await readdir(home)) {
      expect(await readFile(join(home, name), 'utf8')).not.toContain('other-secret');
    }
  });

  it('are not part of what list() gives', async () => {
    const { registry } = await setUp(JSON.stringify([{ ...A, p12Password: 'hunter2-secret' }]));
    expect(JSON.stringify(await registry.list())).not.toContain('hunter2');
  });
});
