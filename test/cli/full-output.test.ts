import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshHome, type Home, MAIN, run } from '../journeys/home.js';

const LIMIT_MS = 90_000;
const STACK_OR_ERRNO = /\n +at .+:\d+|\bE[A-Z]{4,}\b|defect/;
const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/** Runs a shell's line with `$0` as node and `$1` as the program. */
function shell(home: Home, line: string) {
  return run(['/bin/sh', '-c', line, process.execPath, MAIN], home.path, home.environment);
}

describe('standard output on a full disk', () => {
  it.each(['servers', 'doctor', '--help', '--version', '--plain'])(
    'is said by %s',
    async (words) => {
      const { exitCode, stderr } = await shell(await freshHome(), `"$0" "$1" ${words} > /dev/full`);
      expect(stderr).toBe(
        'portlama-tui: Standard output cannot be written: the disk is full. Nothing more is printed there.\n',
      );
      expect(exitCode).toBe(1);
    },
    LIMIT_MS,
  );

  it(
    'does not hide what becomes of a provisioning',
    async () => {
      const { exitCode, stderr } = await shell(
        await freshHome(),
        '"$0" "$1" provision --sandbox --json --region fra1 --label lab > /dev/full',
      );
      expect(stderr).toMatch(/Standard output cannot be written: the disk is full/);
      expect(stderr).toMatch(/operations attach [0-9a-f]{16}.*operations cancel/);
      expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/Online: lab/);
      // As when it is read: the server is online.
      expect(exitCode).toBe(0);
    },
    LIMIT_MS,
  );

  it(
    'and standard error there too leave the exit code',
    async () => {
      const { exitCode } = await shell(await freshHome(), '"$0" "$1" servers > /dev/full 2>&1');
      expect(exitCode).toBe(1);
    },
    LIMIT_MS,
  );
});

describe('--log', () => {
  it(
    'says that its path is a folder',
    async () => {
      const home = await freshHome();
      mkdirSync(join(home.path, 'a folder'));
      const { exitCode, stderr } = await shell(home, '"$0" "$1" servers --log "a folder"');
      expect(stderr).toMatch(/a folder is not a regular file.*\n.*Give --log the path of a file/);
      expect(stderr).not.toMatch(STACK_OR_ERRNO);
      expect(exitCode).toBe(1);
    },
    LIMIT_MS,
  );

  it(
    'says that its folder is missing',
    async () => {
      const home = await freshHome();
      const { exitCode, stderr } = await shell(home, '"$0" "$1" servers --log "not here/x.log"');
      expect(stderr).toMatch(/There is no folder .*not here.*\n.*mkdir -p '.*not here'/);
      expect(stderr).not.toMatch(STACK_OR_ERRNO);
      expect(exitCode).toBe(1);
    },
    LIMIT_MS,
  );

  it.skipIf(!canMount)(
    `says once that its disk is full${canMount ? '' : ' (skipped)'}`,
    async () => {
      const home = await freshHome();
      mkdirSync(join(home.path, 'small'));
      const { exitCode, stderr, stdout } = await shell(
        home,
        `exec unshare -m sh -c 'mount -t tmpfs -o size=4k tmpfs small && head -c 4096 /dev/zero > small/full; exec "$0" "$1" token check --sandbox --log small/x.log' "$0" "$1"`,
      );
      expect(stderr.match(/small\/x\.log cannot be written: the disk is full/g)).toHaveLength(1);
      expect(stderr).not.toMatch(STACK_OR_ERRNO);
      expect(stdout).not.toBe('');
      expect(exitCode).toBe(0);
    },
    LIMIT_MS,
  );
});
