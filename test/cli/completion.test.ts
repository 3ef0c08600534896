import { accessSync, constants } from 'node:fs';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.js';
import type { CompletionTable } from '../../src/cli/complete.js';
import { GLOBAL_OPTIONS } from '../../src/cli/global-options.js';
import { worldRegions } from '../../src/services/latency/world-positions.js';
import { MAIN, runProgram } from '../fixtures/program.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { ptyProgram } from '../fixtures/terminal/pty-program.js';

const ID = '3f2a9c0d1e5b7a68';
const LIMIT_MS = 60_000;

/** A home folder with two servers, one of them with a label that only another program can have written. */
async function homeWithServers(): Promise<string> {
  const folder = await temporaryFolder();
  const home = join(folder, '.portlama');
  await mkdir(join(home, 'operations', ID), { recursive: true });
  await mkdir(join(home, 'operations', 'no-operation'));
  const labels = ['lab-one', 'edge', '$(touch /tmp/x)', 7];
  await writeFile(join(home, 'servers.json'), JSON.stringify(labels.map((label) => ({ label }))));
  await mkdir(`${home}-sandbox`);
  await writeFile(join(`${home}-sandbox`, 'servers.json'), '[{"label":"in-the-sandbox"}]');
  return folder;
}

/** Candidates for the last of these words, without their summaries. */
async function completed(folder: string, ...words: readonly string[]): Promise<readonly string[]> {
  const ended = await runProgram(['complete', '--', ...words], { env: { HOME: folder } });
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  return ended.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t')[0]!);
}

describe('completion', () => {
  it('knows every command and option of the records', async () => {
    const text = await readFile(join(MAIN, '../completion.json'), 'utf8');
    const { commands, options } = JSON.parse(text) as CompletionTable;
    const shown = COMMANDS.filter(({ hidden }) => hidden !== true);
    expect(commands.map(({ words, args }) => [...words, ...args].join(' '))).toEqual([
      ...shown.map(({ usage }) => usage),
      'help',
    ]);
    expect(commands.slice(0, -1).map((command) => command.options.map(({ name }) => name))).toEqual(
      shown.map((command) => Object.keys(command.options ?? {}).map((name) => `--${name}`)),
    );
    expect(options.map(({ name }) => name)).toEqual([
      ...GLOBAL_OPTIONS.map(([flags]) => flags.split(' ')[0]),
      '--help',
      '--version',
    ]);
  });

  it('offers commands, labels, regions, operations and files where each belongs', async () => {
    const folder = await homeWithServers();
    const of = async (...words: readonly string[]) => await completed(folder, ...words);
    expect(await of('oper')).toEqual(['operations']);
    expect(await of('servers', 'o')).toEqual(['onboard']);
    expect(await of('help', 'vault', 'mo')).toEqual(['move-to-os', 'move-to-vault']);
    expect(await of('servers', 'destroy', '')).toEqual(['lab-one', 'edge']);
    expect(await of('servers', 'destroy', 'edge', '')).toEqual(['lab-one']);
    expect(await of('servers', 'status', 'edge', '')).toEqual([]);
    expect(await of('--sandbox', 'servers', 'status', '')).toEqual(['in-the-sandbox']);
    expect(await of('provision', '--region', '')).toEqual(worldRegions());
    expect(await of('provision', '--region=fr')).toEqual(['--region=fra1']);
    expect(await of('provision', '--region', '=', 'fr')).toEqual(['fra1']);
    expect(await of('operations', 'attach', '')).toEqual([ID]);
    expect(await of('droplets', 'destroy', '')).toEqual([]);
    expect(await of('import', '')).toEqual([':files']);
    expect(await of('import', 'a.age', '--replace', 'e')).toEqual(['edge']);
    expect(await of('--log', '')).toEqual([':files']);
    expect(await of('export', 'a.age', 'l')).toEqual(['lab-one']);
    expect(await of('provision', '--j', '--jso')).toEqual(['--json']);
    expect(await of('provision', '--json', '--js')).toEqual([]);
    expect(await of('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('offers the names of accounts, but none for a new one', async () => {
    const folder = await homeWithServers();
    const of = async (...words: readonly string[]) => await completed(folder, ...words);
    expect(await of('--account', '')).toEqual(['default']);
    const accounts = [{ name: 'work' }, { name: '$(x)' }, { name: 7 }];
    const file = join(folder, '.portlama/accounts.json');
    await writeFile(file, JSON.stringify({ current: 'default', accounts }));
    for (const words of [
      ['--account'],
      ['servers', '--account'],
      ['token', 'use'],
      ['token', 'check'],
      ['token', 'forget'],
    ])
      expect([words, await of(...words, '')]).toEqual([words, ['default', 'work']]);
    expect(await of('--account=w')).toEqual(['--account=work']);
    expect(await of('token', 'add', '')).toEqual([]);
    await writeFile(file, '[');
    expect(await of('token', 'use', '')).toEqual(['default']);
  });

  it('never offers a confirmation, or a label that has to be new', async () => {
    const folder = await homeWithServers();
    expect(await completed(folder, 'servers', 'destroy', 'edge', '--yes', '')).toEqual([]);
    expect(await completed(folder, 'certificate', 'import', 'edge', 'x', '--yes', '')).toEqual([]);
    expect(await completed(folder, 'provision', '--label', '')).toEqual([]);
  });

  it('is silent where files are missing, damaged or not what they should be', async () => {
    const folder = await homeWithServers();
    const list = join(folder, '.portlama/servers.json');
    await writeFile(list, '{ "no": [');
    expect(await completed(folder, 'servers', 'status', '')).toEqual([]);
    await rm(list);
    await symlink('/dev/zero', list);
    expect(await completed(folder, 'servers', 'status', '')).toEqual([]);
    const empty = await temporaryFolder();
    expect(await completed(empty, 'operations', 'attach', '')).toEqual([]);
    expect(await completed(empty, 'servers', 'st')).toEqual(['status']);
  });

  it('is printed for three shells, and refused for another', async () => {
    const env = { HOME: await temporaryFolder() };
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { exitCode, stdout } = await runProgram(['completion', shell], { env });
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/complete -- /);
    }
    const refused = await runProgram(['completion', 'tcsh'], { env });
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain('Use bash, zsh or fish.');
  });
});

const START: Readonly<Record<string, { readonly args: string[]; readonly load: string }>> = {
  bash: {
    args: ['--norc', '--noprofile', '-i'],
    load: 'source <(portlama-tui completion bash)',
  },
  zsh: {
    args: ['-f', '-i'],
    load: 'autoload -Uz compinit; compinit -u; source <(portlama-tui completion zsh)',
  },
  fish: { args: ['--no-config', '-i'], load: 'portlama-tui completion fish | source' },
};

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

describe.each(Object.entries(START))('%s', (shell, { args, load }) => {
  it.skipIf(shell !== 'bash' && !isInstalled(shell))(
    'completes commands, labels and files with Tab',
    async () => {
      const folder = await homeWithServers();
      const bin = join(folder, 'bin');
      await mkdir(bin);
      const start = `#!/bin/sh\nexec ${process.execPath} ${MAIN} "$@"\n`;
      await writeFile(join(bin, 'portlama-tui'), start, { mode: 0o755 });
      await writeFile(join(folder, 'my servers.age'), '');
      const program = ptyProgram({
        command: [shell, ...args],
        columns: 120,
        cwd: folder,
        env: { HOME: folder, PATH: `${bin}:${process.env['PATH'] ?? ''}`, PS1: '> ' },
      });
      onTestFinished(() => program.kill());
      await program.waitFor(/\S/);
      await program.waitForQuiet();
      program.type(`${load}; echo rea''dy\r`);
      await program.waitFor(/^ready/m);
      await program.waitForQuiet();
      program.type('portlama-tui serv\t');
      await program.waitFor('portlama-tui servers');
      program.type('destr\t');
      await program.waitFor('portlama-tui servers destroy');
      program.type('la\t');
      await program.waitFor('portlama-tui servers destroy lab-one');
      // Not Ctrl-C: a shell that is still completing drops the signal.
      program.press('ctrl-u');
      await program.waitUntilGone('lab-one');
      program.type('portlama-tui import my\t');
      await program.waitFor(/portlama-tui import (my\\ servers\.age|'my servers\.age')/);
    },
    LIMIT_MS,
  );
});
