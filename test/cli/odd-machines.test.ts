import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ptyProgram } from '../fixtures/terminal/pty-program.js';
import { MAIN, run } from '../journeys/home.js';

const LIMIT_MS = 60_000;
/** Has no entry in /etc/passwd. */
const NOBODY_KNOWN = 4242;
const UNKNOWN = `exec setpriv --reuid ${NOBODY_KNOWN} --regid ${NOBODY_KNOWN} --clear-groups "$@"`;
const OTHER = 4243;

interface Machine {
  /** Shell text that ends in the program: `exec "$@"`. */
  readonly shell: string;
  /** HOME; the folder of the test when left out, `undefined` for none. */
  readonly home?: (folder: string) => string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly prepare?: (folder: string) => void;
  /** Words of the sentence that ends the program; without them it succeeds. */
  readonly says?: RegExp;
  /** With `says`; 2 when left out: the setting is at fault. */
  readonly exitCode?: number;
  /** Lies at the edge of what the program needs: it works, or ends by `says`. */
  readonly mayWork?: true;
}

const own = (folder: string): void => chownSync(folder, NOBODY_KNOWN, NOBODY_KNOWN);
const HOME_SENTENCE = /HOME must be an absolute path.*\n.*Set (HOME|it) to/;

/** In two wordings: before the program's own files are loaded, and while they are. */
const TOO_MANY_OPEN = /too\s+many\s+(files\s+)?are\s+(already\s+)?open[^]*ulimit -n 1024/;

const MACHINES: Readonly<Record<string, Machine>> = {
  'a user without passwd entry': { shell: UNKNOWN, prepare: own },
  'HOME unset, and no passwd entry': {
    shell: UNKNOWN,
    home: () => undefined,
    says: /home folder is\s+not known[^]*\n *Set HOME to/,
  },
  'HOME empty, and no passwd entry': {
    shell: UNKNOWN,
    home: () => '',
    says: /home folder is\s+not known[^]*\n *Set HOME to/,
  },
  'HOME relative': { shell: 'exec "$@"', home: () => 'somewhere', says: HOME_SENTENCE },
  'HOME ~': { shell: 'exec "$@"', home: () => '~', says: HOME_SENTENCE },
  'HOME a link': {
    shell: 'exec "$@"',
    home: (folder) => join(folder, 'link'),
    prepare(folder) {
      mkdirSync(join(folder, 'real'));
      symlinkSync(join(folder, 'real'), join(folder, 'link'));
    },
  },
  'HOME of another user': {
    shell: UNKNOWN,
    prepare: (folder) => chownSync(folder, OTHER, OTHER),
    says: /belongs to another user \(uid 4243\),\s+who/,
    exitCode: 1,
  },
  'HOME read-only': {
    shell: 'exec unshare -m sh -c \'mount -t tmpfs -o ro tmpfs "$HOME" && exec "$@"\' sh "$@"',
  },
  'a full disk': {
    shell:
      'exec unshare -m sh -c \'mount -t tmpfs -o size=4k tmpfs "$HOME" && head -c 4096 /dev/zero > "$HOME/full" && exec "$@"\' sh "$@"',
  },
  'no current folder': { shell: 'mkdir gone && cd gone && rmdir ../gone && exec "$@"' },
  '28 descriptors': {
    shell: 'ulimit -n 28; exec "$@"',
    says: TOO_MANY_OPEN,
    exitCode: 1,
    mayWork: true,
  },
  '64 descriptors': {
    shell: 'ulimit -n 64; exec "$@"',
    says: TOO_MANY_OPEN,
    exitCode: 1,
    mayWork: true,
  },
  'umask 777': { shell: 'umask 777; exec "$@"' },
  'TERM unset': { shell: 'unset TERM; exec "$@"' },
  'a pid namespace': {
    shell: 'exec unshare --pid --fork --mount-proc sh -c \'"$@"; exit $?\' sh "$@"',
  },
  'process 1': { shell: 'exec unshare --pid --fork --mount-proc "$@"' },
};

/** Neither of them may reach a person. */
const STACK_OR_ERRNO =
  /\n +at .+:\d+|\buv_|\bE(?:ACCES|NOENT|PERM|ROFS|NOSPC|MFILE|NOTDIR|IO|INVAL)\b/;

const isRoot = process.getuid?.() === 0;
const canUnshare = spawnSync('unshare', ['--pid', '--fork', '-m', '/bin/true']).status === 0;
const HERE = isRoot && canUnshare ? '' : ' (skipped: needs root and unshare)';

function machineOf(name: string) {
  const machine = MACHINES[name]!;
  const folder = mkdtempSync('/tmp/portlama-odd-');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  machine.prepare?.(folder);
  const home = machine.home === undefined ? folder : machine.home(folder);
  const env = {
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    DIGITALOCEAN_API_URL: 'http://127.0.0.1:9/',
    npm_config_registry: 'http://127.0.0.1:9/',
    ...(home === undefined ? {} : { HOME: home }),
    ...machine.env,
  };
  const command = (...args: string[]): [string, ...string[]] => [
    '/bin/sh',
    '-c',
    machine.shell,
    'sh',
    process.execPath,
    MAIN,
    ...args,
  ];
  return { machine, folder, env, command };
}

describe.skipIf(HERE !== '')(`an odd machine${HERE}`, () => {
  describe.each(Object.keys(MACHINES))('%s', (name) => {
    it.each([['servers'], ['operations --json'], ['doctor']])(
      'runs %s, or says why not',
      async (words) => {
        const { machine, folder, env, command } = machineOf(name);
        const { exitCode, stdout, stderr } = await run(command(...words.split(' ')), folder, env);
        expect(stdout + stderr).not.toMatch(STACK_OR_ERRNO);
        const isEnough = machine.says === undefined || (machine.mayWork === true && stderr === '');
        if (isEnough) {
          expect(stderr).toBe('');
          expect([0, 1], stdout).toContain(exitCode);
          if (words !== 'doctor') expect(exitCode).toBe(0);
        } else {
          expect(stderr).toMatch(machine.says);
          expect(exitCode).toBe(machine.exitCode ?? 2);
        }
      },
      LIMIT_MS,
    );

    it(
      'opens the full screen, or says why not',
      async () => {
        const { machine, folder, env, command } = machineOf(name);
        const window = ptyProgram({ command: command(), columns: 250, cwd: folder, env });
        onTestFinished(() => window.kill());
        let isOpen = machine.says === undefined;
        if (machine.mayWork === true) {
          const shown = await window.waitFor(/No servers yet|ulimit -n 1024/, LIMIT_MS);
          isOpen = shown.includes('No servers yet');
        }
        if (isOpen) {
          await window.waitFor('No servers yet', LIMIT_MS);
          window.press('D');
          await window.waitFor('Doctor', LIMIT_MS);
          await window.waitForQuiet();
          window.press('escape');
          await window.waitUntilGone('Doctor');
          window.press('q');
          expect(await window.waitForExit(LIMIT_MS)).toBe(0);
        } else {
          expect(await window.waitForExit(LIMIT_MS)).toBe(machine.exitCode ?? 2);
          expect(await window.screen()).toMatch(machine.says!);
        }
        expect(window.output).not.toMatch(STACK_OR_ERRNO);
      },
      LIMIT_MS,
    );
  });
});
