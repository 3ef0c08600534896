import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  readUnit,
  unitPath,
  unitText,
  writeUnit,
} from '../../../src/services/watching/user-unit.js';
import { installWatch, type InstallPorts } from '../../../src/usecases/watch/install-watch.js';
import type { ChosenKeystore } from '../../../src/services/keystore/choose-keystore.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { type Answer, ScriptedFace } from '../scripted-face.js';

const AGREED: Answer = { confirm: 'Install the unit?' };

async function ports(changes: Partial<InstallPorts> = {}, ...answers: Answer[]) {
  const face = new ScriptedFace(...answers);
  const path = unitPath(await temporaryFolder(), { name: 'portlama-watch.service' });
  const vault = { kind: 'vault', requireKey: async () => ({}) };
  const stores = { choose: async () => vault, vault } as unknown as ChosenKeystore;
  const all: InstallPorts = {
    face,
    stores,
    command: ['/usr/bin/node', '/opt/it/main.js', 'watch', '--exec', '/bin/notify "$A" 100%'],
    environment: { PORTLAMA_VAULT_PASSPHRASE_COMMAND: '/usr/bin/pass show portlama' },
    hasPassphraseCommand: true,
    userName: 'ops',
    path,
    read: readUnit,
    write: writeUnit,
    ...changes,
  };
  return { face, path, all };
}

describe('the unit of a watch', () => {
  it('is shown, then written once agreed, for its owner alone; lingering is named', async () => {
    const { face, path, all } = await ports({}, AGREED);
    await installWatch(all);
    const text = await readFile(path, 'utf8');
    for (const line of text.trimEnd().split('\n')) expect(face.said).toContain(line);
    expect((await lstat(path)).mode & 0o777).toBe(0o600);
    expect(face.said).toContain('  loginctl enable-linger ops');
    expect(text).toContain(
      String.raw`ExecStart=/usr/bin/node /opt/it/main.js watch --exec "/bin/notify \"$$A\" 100%%"`,
    );
    expect(text).toContain(
      'Environment="PORTLAMA_VAULT_PASSPHRASE_COMMAND=/usr/bin/pass show portlama"\n',
    );
  });

  it.skipIf(!existsSync('/usr/bin/systemd-analyze'))('is understood by systemd', async () => {
    const { path, all } = await ports({ command: ['/bin/true', 'a b', '$x'] }, AGREED);
    await installWatch(all);
    const { status, stderr } = spawnSync('/usr/bin/systemd-analyze', ['verify', '--man=no', path]);
    expect([status, String(stderr)]).toEqual([0, '']);
  });

  it('is not written when that is declined', async () => {
    const { path, all } = await ports({}, { ...AGREED, agree: false });
    await expect(installWatch(all)).rejects.toThrow('Declined');
    expect(existsSync(path)).toBe(false);
  });

  it('that is up to date is left as it is', async () => {
    const { all } = await ports({}, AGREED);
    await installWatch(all);
    const { face, all: again } = await ports({ path: all.path });
    await installWatch(again);
    expect(face.said).toContain(`${join(all.path)} is up to date.`);
  });

  it.each([
    ['without a command for the passphrase', { hasPassphraseCommand: false }],
    [
      'with the store of the desktop',
      { stores: { choose: async () => ({ kind: 'os' }) } as unknown as ChosenKeystore },
    ],
  ])('is refused %s', async (_what, changes) => {
    const { path, all } = await ports(changes);
    await expect(installWatch(all)).rejects.toMatchObject({ code: 'watch-install-vault' });
    expect(existsSync(path)).toBe(false);
  });

  it('is refused when the command does not open the vault, and in the sandbox', async () => {
    const vault = {
      kind: 'vault',
      requireKey: async () => {
        throw new Error('wrong passphrase');
      },
    };
    const stores = { choose: async () => vault, vault } as unknown as ChosenKeystore;
    await expect(installWatch((await ports({ stores })).all)).rejects.toThrow('wrong passphrase');
    await expect(installWatch((await ports({ stores: undefined })).all)).rejects.toMatchObject({
      code: 'watch-install-sandbox',
    });
  });
});

it('a unit holds no word that systemd would change', () => {
  const text = unitText({
    name: 'x.service',
    description: 'x',
    command: ['/bin/echo', String.raw`back\slash`, '%h', '$HOME', ''],
    environment: { A: 'a"b%' },
    endsWith: [143],
  });
  expect(text).toContain(String.raw`ExecStart=/bin/echo "back\\slash" "%%h" "$$HOME" ""`);
  expect(text).toContain(String.raw`Environment="A=a\"b%%"`);
});
