import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.js';
import { MAIN, run } from '../journeys/home.js';

const LIMIT_MS = 60_000;
const USER = 4242;
const STACK_OR_ERRNO = /\n +at .+:\d+|\bE(?:ACCES|PERM|NOENT|IO)\b|defect/;
const isRoot =
  process.getuid?.() === 0 && spawnSync('/usr/bin/setpriv', ['--version']).status === 0;
const HERE = isRoot ? '' : ' (skipped: needs root)';

const ID = '0123456789abcdef';

/** A home with a list that needs its backup, and an operation. */
function homeOf(prepare: (folder: string) => void): string {
  const home = mkdtempSync('/tmp/portlama foreign-');
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const folder = join(home, '.portlama');
  mkdirSync(join(folder, 'operations', ID), { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'servers.json'), 'not a list', { mode: 0o600 });
  writeFileSync(join(folder, 'servers.json.bak'), '[]', { mode: 0o600 });
  writeFileSync(join(folder, 'operations', ID, 'journal.ndjson'), '{}\n', { mode: 0o600 });
  spawnSync('chown', ['-R', `${USER}:${USER}`, home]);
  prepare(folder);
  return home;
}

function runAsUser(home: string, usage: string) {
  const values: Readonly<Record<string, string>> = {
    ID,
    URL: 'https://203.0.113.9:9292',
    FILE: '/tmp/none.p12',
  };
  const user = ['--reuid', `${USER}`, '--regid', `${USER}`, '--clear-groups'];
  const words = usage.split(' ').map((word) => values[word] ?? word);
  return run(['/usr/bin/setpriv', ...user, process.execPath, MAIN, ...words], home, {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    LANG: 'C.UTF-8',
    PORTLAMA_KEYSTORE: 'session',
    DIGITALOCEAN_API_URL: 'http://127.0.0.1:9/',
  });
}

const visible = COMMANDS.filter(
  ({ hidden, isSandbox }) => hidden !== true && isSandbox !== true,
).map(({ usage }) => usage);

describe.skipIf(!isRoot)(`a home in which root ran the program once${HERE}`, () => {
  it.each(visible)(
    'is told in words by %s',
    async (usage) => {
      const home = homeOf((folder) => {
        spawnSync('chown', ['-R', '0:0', folder]);
        spawnSync('chmod', ['-R', 'u+rwX,go=', folder]);
      });
      const { exitCode, stdout, stderr } = await runAsUser(home, usage);
      const said = stdout + stderr;
      expect(said).not.toMatch(STACK_OR_ERRNO);
      expect(exitCode).not.toBe(0);
      expect(said).toMatch(/belongs to another user/);
      // One shell word, whatever is in the name.
      expect(said).toMatch(/sudo chown -R \S+ '[^']*portlama foreign-[^']*'/);
    },
    LIMIT_MS,
  );
});

const CLOSED = {
  'the folder itself is read-only': (folder: string) => spawnSync('chmod', ['500', folder]),
  'the folder itself is closed': (folder: string) => spawnSync('chmod', ['000', folder]),
  'an operation is root’s': (folder: string) =>
    spawnSync('chown', ['-R', '0:0', join(folder, 'operations', ID)]),
  'a file is closed': (folder: string) =>
    spawnSync('chmod', ['000', join(folder, 'servers.json'), join(folder, 'servers.json.bak')]),
};

describe.skipIf(!isRoot)(`a home that cannot be worked in${HERE}`, () => {
  describe.each(Object.entries(CLOSED))('because %s', (_why, close) => {
    it.each([
      'servers',
      'servers restore',
      'operations',
      `operations dismiss ${ID}`,
      `operations attach ${ID}`,
      'servers activate lab',
      'vault init',
      'token check',
      'doctor',
    ])(
      'is told in words by %s',
      async (usage) => {
        const home = homeOf(close);
        const { exitCode, stdout, stderr } = await runAsUser(home, usage);
        expect(stdout + stderr).not.toMatch(STACK_OR_ERRNO);
        if (exitCode !== 0) expect((stdout + stderr).trim()).not.toBe('');
      },
      LIMIT_MS,
    );
  });
});
