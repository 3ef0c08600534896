import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  NODE_RELEASE,
  type NodeRelease,
} from '../../../src/services/installer/scripts/job-prepare.sh.js';
import { HAND_OVER_SCRIPT } from '../../../src/services/installer/scripts/hand-over.sh.js';
import { jobScript } from '../../../src/services/installer/scripts/job.sh.js';
import { FOLLOW_SCRIPT, START_SCRIPT } from '../../../src/services/installer/scripts/start.sh.js';
import { type Droplet, holdLock, installNode, makeDroplet, recorded, SUCCESS } from './droplet.js';
import { runJob } from './run-job.js';

let droplet: Droplet;
beforeEach(async () => {
  droplet = await makeDroplet();
});
afterEach(() => droplet.remove());

describe('the scripts', () => {
  it.each([
    ['start.sh', START_SCRIPT],
    ['follow.sh', FOLLOW_SCRIPT],
    ['hand-over.sh', HAND_OVER_SCRIPT],
    ['job.sh', jobScript()],
  ])('%s is good for a POSIX shell, and does nothing when it is cut anywhere', (_name, script) => {
    for (const shell of ['sh', 'dash', 'bash']) execFileSync(shell, ['-n'], { input: script });
    expect(script).not.toMatch(/\r|\t/);
    for (const share of [0.2, 0.5, 0.8, 0.95]) {
      const part = script.slice(0, Math.floor(script.length * share));
      expect(() => execFileSync('sh', ['-n'], { input: part, stdio: 'pipe' })).toThrow();
    }
  });
});

describe('job.sh', () => {
  it('makes a fresh droplet ready, in order, and runs the installer', async () => {
    await installNode(droplet, SUCCESS);
    const { exitCode, steps, log } = await runJob(droplet);
    expect(exitCode).toBe(0);
    expect(steps.slice(0, 7)).toEqual([
      'wait_cloud_init running',
      'wait_cloud_init complete',
      'wait_apt running',
      'wait_apt complete',
      'make_swap running',
      'make_swap complete',
      'prepare_node skipped',
    ]);
    expect(steps).toContain('deploy_gatekeeper complete');
    expect(log).toContain('"event":"complete"');
    expect(await droplet.calls()).toEqual([
      'cloud-init status --wait',
      `fallocate -l 1G ${droplet.root}/swapfile`,
      `mkswap ${droplet.root}/swapfile`,
      `swapon ${droplet.root}/swapfile`,
      'npx --yes @x/y@1 --yes --json',
    ]);
  });

  it('runs a package that was uploaded', async () => {
    await installNode(droplet, SUCCESS);
    await runJob(droplet, { settings: "INSTALLER_TARBALL='installer.tgz'\n" });
    expect((await droplet.calls()).at(-1)).toBe(
      `npx --yes --package=${droplet.home}/.portlama-install-0123456789abcdef/installer.tgz create-portlama --yes --json`,
    );
  });

  it('gives the installer a home, no questions and no input', async () => {
    await installNode(droplet, 'echo "$HOME $DEBIAN_FRONTEND $(pwd) [$(cat)] $(umask)"');
    const { log } = await runJob(droplet);
    expect(log).toContain(`${droplet.root}/root noninteractive / [] 0022`);
  });

  it('does nothing when it already ended', async () => {
    await droplet.file('root/.portlama-install-0123456789abcdef/exit', '0\n');
    await droplet.file('root/.portlama-install-0123456789abcdef/log', '');
    expect(await runJob(droplet)).toMatchObject({ exitCode: 0, log: '', steps: [] });
  });

  describe('waiting for cloud-init', () => {
    it.each([
      ['recovered errors', 2, undefined],
      ['errors', 1, 'cloud-init reports errors'],
    ])('goes on after %s', async (_what, code, said) => {
      await installNode(droplet, SUCCESS);
      await droplet.program('cloud-init', `exit ${code}`);
      const { exitCode, steps, log } = await runJob(droplet);
      expect(exitCode).toBe(0);
      expect(steps).toContain('wait_cloud_init complete');
      if (said === undefined) expect(log).not.toContain('reports errors');
      else expect(log).toContain(said);
    });

    it('goes on when it takes too long, and where there is none', async () => {
      await installNode(droplet, SUCCESS);
      await droplet.program('cloud-init', 'sleep 60');
      const impatient = (script: string): string =>
        script.replace('CLOUD_INIT_LIMIT_S=600', 'CLOUD_INIT_LIMIT_S=1');
      expect((await runJob(droplet, { change: impatient })).log).toContain('still busy after 1 s');
      await rm(droplet.home, { recursive: true });
      await droplet.removeProgram('cloud-init');
      expect((await runJob(droplet)).steps[0]).toBe('wait_cloud_init skipped');
    });
  });

  describe('waiting for apt', () => {
    const holder = { pid: 4711, name: 'unattended-upgr', lock: 'var/lib/dpkg/lock-frontend' };

    it('waits until the lock is free, and says who holds it', async () => {
      await installNode(droplet, SUCCESS);
      await holdLock(droplet, holder);
      // The holder ends after the second look.
      await droplet.program(
        'sleep',
        recorded(
          'sleep',
          `[ "$(grep -c '^sleep' "$PORTLAMA_ROOT/calls")" -lt 2 ] || : > "$PORTLAMA_ROOT/proc/locks"`,
        ),
      );
      const { exitCode, log, steps } = await runJob(droplet);
      expect(exitCode).toBe(0);
      expect(steps).toContain('wait_apt complete');
      expect(log.match(/Waiting for/g)).toHaveLength(1);
      expect(log).toContain(
        'Waiting for unattended-upgr (process 4711), which holds /var/lib/dpkg/lock-frontend.',
      );
      expect((await droplet.calls()).filter((call) => call === 'sleep 1')).toHaveLength(2);
    });

    it('gives up after ten minutes, naming the holder', async () => {
      await installNode(droplet, SUCCESS);
      await holdLock(droplet, { ...holder, lock: 'var/lib/apt/lists/lock' });
      await droplet.program('sleep', recorded('sleep', 'exit 0'));
      const { exitCode, error, steps } = await runJob(droplet, {
        change: (script) => script.replace('APT_LIMIT_S=600', 'APT_LIMIT_S=20'),
      });
      expect(exitCode).toBe(1);
      expect(steps.at(-1)).toBe('wait_apt failed');
      expect(error).toMatchObject({
        code: 'apt-locked',
        message: 'After 20 s unattended-upgr (process 4711) still holds /var/lib/apt/lists/lock.',
      });
      expect((await droplet.calls()).filter((call) => call === 'sleep 1')).toHaveLength(20);
      expect(jobScript()).toContain('APT_LIMIT_S=600');
    });

    it('is not misled by the same number on another file system', async () => {
      await installNode(droplet, SUCCESS);
      await holdLock(droplet, holder);
      await rm(join(droplet.root, 'proc/4711/fd/4'));
      expect((await runJob(droplet)).log).not.toContain('Waiting for');
    });

    it('lets apt itself wait while the installer runs, and not longer', async () => {
      const file = 'etc/apt/apt.conf.d/90portlama-lock-timeout';
      await installNode(droplet, `cat "$PORTLAMA_ROOT/${file}"; exit 4`);
      const { log, exitCode } = await runJob(droplet);
      expect(exitCode).toBe(4);
      expect(log).toContain('DPkg::Lock::Timeout "600";');
      expect(await readdir(join(droplet.root, 'etc/apt/apt.conf.d'))).toEqual(['00default']);
    });
  });

  describe('swap', () => {
    beforeEach(() => installNode(droplet, SUCCESS));

    it('makes a private file, once in fstab', async () => {
      await runJob(droplet);
      expect((await stat(join(droplet.root, 'swapfile'))).mode & 0o777).toBe(0o600);
      const line = '/swapfile none swap sw 0 0\n';
      expect(await droplet.read('etc/fstab')).toContain(line);
      await rm(droplet.home, { recursive: true });
      await runJob(droplet);
      expect((await droplet.read('etc/fstab')).split(line)).toHaveLength(2);
    });

    it.each([
      ['memory enough', 'proc/meminfo', 'MemTotal:  2030000 kB\n'],
      ['swap already', 'proc/swaps', 'Filename Type\n/swapfile file 1048572 0 -2\n'],
    ])('makes none where there is %s', async (_what, file, content) => {
      await droplet.file(file, content);
      expect((await runJob(droplet)).steps).toContain('make_swap skipped');
      expect((await droplet.calls()).join('\n')).not.toMatch(/swap(on|file)/);
    });

    it('writes zeros where fallocate is not possible', async () => {
      await droplet.program('fallocate', 'exit 1');
      await droplet.program('dd', recorded('dd', 'exit 0'));
      expect((await runJob(droplet)).steps).toContain('make_swap complete');
      expect(await droplet.calls()).toContain(
        `dd if=/dev/zero of=${droplet.root}/swapfile bs=1M count=1024`,
      );
    });

    it('goes on without, and leaves no gigabyte behind, when it cannot be switched on', async () => {
      await droplet.program('swapon', 'echo "swapon: Operation not permitted" >&2; exit 255');
      const { exitCode, steps, log } = await runJob(droplet);
      expect(exitCode).toBe(0);
      expect(steps).toContain('make_swap failed');
      expect(log).toContain('Operation not permitted');
      await expect(stat(join(droplet.root, 'swapfile'))).rejects.toThrow('ENOENT');
    });
  });

  describe('Node.js', () => {
    const arch = process.arch === 'arm64' ? 'arm64' : 'x64';

    /** An archive like the official one, and a curl that has it. */
    async function offerArchive(): Promise<NodeRelease> {
      const name = `node-v22.22.2-linux-${arch}`;
      const bin = join(droplet.root, 'build', name, 'bin');
      await mkdir(bin, { recursive: true });
      const programs = { node: 'echo v22.22.2', npm: 'echo 10', npx: SUCCESS };
      for (const [program, script] of Object.entries(programs)) {
        await writeFile(join(bin, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      }
      const archive = join(droplet.root, 'node.tar.gz');
      execFileSync('tar', ['-czf', archive, '-C', join(droplet.root, 'build'), name]);
      const { readFile } = await import('node:fs/promises');
      const sha256 = createHash('sha256')
        .update(await readFile(archive))
        .digest('hex');
      await droplet.program(
        'curl',
        recorded(
          'curl',
          `while [ "$1" != -o ]; do shift; done
           case $3 in https://nodejs.org/dist/v22.22.2/${name}.tar.gz) cp "$PORTLAMA_ROOT/node.tar.gz" "$2" ;; *) exit 22 ;; esac`,
        ),
      );
      return { version: '22.22.2', sha256: { x64: sha256, arm64: sha256 } };
    }

    it('pins a release by whole checksums', () => {
      expect(NODE_RELEASE.version).toMatch(/^(2[2-9]|[3-9]\d)\.\d+\.\d+$/);
      expect(NODE_RELEASE.sha256.x64).toMatch(/^[0-9a-f]{64}$/);
      expect(NODE_RELEASE.sha256.arm64).toMatch(/^[0-9a-f]{64}$/);
      expect(NODE_RELEASE.sha256.x64).not.toBe(NODE_RELEASE.sha256.arm64);
      expect(jobScript()).toContain(NODE_RELEASE.sha256.x64);
    });

    it('comes from the official archive, with links in /usr/bin', async () => {
      const { exitCode, steps } = await runJob(droplet, { release: await offerArchive() });
      expect(exitCode).toBe(0);
      expect(steps).toContain('prepare_node complete');
      for (const program of ['node', 'npm', 'npx']) {
        expect(await readlink(join(droplet.root, 'usr/bin', program))).toBe(
          `${droplet.root}/usr/local/lib/node-v22.22.2-linux-${arch}/bin/${program}`,
        );
      }
      expect(await readdir(join(droplet.home, '.portlama-install-0123456789abcdef'))).not.toContain(
        'node.tar.gz',
      );
      expect((await droplet.calls()).find((call) => call.startsWith('curl'))).toContain(
        '--proto =https --tlsv1.2',
      );
    });

    it('is not taken from an archive with another checksum', async () => {
      await offerArchive();
      // NodeSource would serve: its script must not even be asked for.
      const curl = await droplet.read('fixtures/curl');
      await droplet.program(
        'curl',
        `case "$*" in *deb.nodesource.com*) ${recorded('curl', 'exit 0')} ;; esac\n${curl}`,
      );
      const { exitCode, error, steps } = await runJob(droplet);
      expect(exitCode).toBe(1);
      expect(steps.at(-1)).toBe('prepare_node failed');
      expect(error).toMatchObject({
        code: 'node-checksum-wrong',
        message: expect.stringContaining('does not have the expected checksum') as string,
      });
      expect((await droplet.calls()).join('\n')).not.toContain('nodesource');
      expect(await readdir(join(droplet.root, 'usr/local/lib'))).toEqual([]);
      expect(await readdir(join(droplet.home, '.portlama-install-0123456789abcdef'))).not.toContain(
        'node.tar.gz',
      );
    });

    it('comes from NodeSource when nodejs.org has nothing to give', async () => {
      await droplet.program(
        'curl',
        recorded(
          'curl',
          `while [ "$1" != -o ]; do shift; done
           case $3 in https://deb.nodesource.com/setup_22.x) echo 'echo set up >> "$PORTLAMA_ROOT/calls"' > "$2" ;; *) exit 6 ;; esac`,
        ),
      );
      await droplet.program(
        'apt-get',
        recorded(
          'apt-get',
          `for p in node npm npx; do printf '#!/bin/sh\\necho v22.1.0\\n' > "$PORTLAMA_ROOT/usr/bin/$p"; chmod 755 "$PORTLAMA_ROOT/usr/bin/$p"; done`,
        ),
      );
      const { exitCode, steps } = await runJob(droplet);
      expect(exitCode).toBe(0);
      expect(steps).toContain('prepare_node complete');
      const calls = await droplet.calls();
      expect(calls.indexOf('set up')).toBeLessThan(calls.indexOf('apt-get install -y -q nodejs'));
    });

    it('is linked where the services look for it', async () => {
      await installNode(droplet, SUCCESS);
      expect((await runJob(droplet)).steps).toContain('prepare_node skipped');
      expect(await readlink(join(droplet.root, 'usr/bin/node'))).toBe(
        `${droplet.root}/fixtures/node`,
      );
    });

    it('of the distribution is not overwritten, however old', async () => {
      const release = await offerArchive();
      await droplet.file('usr/bin/node', '#!/bin/sh\necho v18.19.1\n');
      execFileSync('chmod', ['755', join(droplet.root, 'usr/bin/node')]);
      const { error } = await runJob(droplet, { release });
      expect(error?.code).toBe('node-download-failed');
      expect(await droplet.read('usr/bin/node')).toContain('v18');
    });

    it('counts only with npm and from version 20 on', async () => {
      await installNode(droplet, SUCCESS, 'v18.20.0');
      expect((await runJob(droplet)).error?.code).toBe('node-download-failed');
      await rm(droplet.home, { recursive: true });
      await installNode(droplet, SUCCESS);
      await droplet.removeProgram('npm');
      expect((await runJob(droplet)).error?.code).toBe('node-download-failed');
    });
  });

  describe('a failure', () => {
    it('of the installer is its own, with its exit code', async () => {
      await installNode(droplet, `echo '{"event":"error","message":"nginx -t failed"}'; exit 1`);
      const { exitCode, error } = await runJob(droplet);
      expect([exitCode, error?.message, error?.code]).toEqual([1, 'nginx -t failed', undefined]);
    });

    it.each([
      ['the installer is killed', 'kill -9 $$'],
      [
        'something it needs is killed',
        `printf 'nr_free_pages 1\\noom_kill 1\\n' > "$PORTLAMA_ROOT/proc/vmstat"; exit 1`,
      ],
    ])('for memory is named, when %s', async (_what, npx) => {
      await installNode(droplet, npx);
      const { exitCode, error } = await runJob(droplet);
      expect(exitCode).toBe(1);
      expect(error).toMatchObject({ code: 'out-of-memory' });
    });

    it('is told in valid JSON, whatever is in its text', async () => {
      await installNode(droplet, SUCCESS);
      await holdLock(droplet, {
        pid: 12,
        name: 'a"b\\c\u0007d',
        lock: 'var/lib/dpkg/lock',
      });
      await droplet.program('sleep', 'exit 0');
      const { error } = await runJob(droplet, {
        change: (script) => script.replace('APT_LIMIT_S=600', 'APT_LIMIT_S=1'),
      });
      expect(error?.message).toContain('a"b\\cd (process 12)');
    });
  });

  it('adds to a log that is there', async () => {
    await installNode(droplet, SUCCESS);
    const file = join(droplet.home, '.portlama-install-0123456789abcdef/log');
    await mkdir(join(file, '..'), { recursive: true });
    await appendFile(file, 'of an earlier run\n');
    expect((await runJob(droplet)).log.startsWith('of an earlier run\n{"event"')).toBe(true);
  });
});
