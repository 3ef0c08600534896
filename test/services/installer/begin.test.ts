import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BEGIN_EXIT, beginCommand } from '../../../src/services/installer/run-installer.js';
import { COMMAND_MAX_BYTES } from '../../../src/services/ssh/exec.js';
import { eventually } from '../ssh/eventually.js';
import { installNode, SUCCESS } from './droplet.js';
import { type Installation, startInstallation, untilFile } from './installation.js';

const SOURCE = { kind: 'npm', spec: '@x/create-portlama@1' } as const;
const FILES = ['follow.sh', 'hand-over.sh', 'job.sh', 'settings', 'start.sh'];

let on: Installation;
beforeEach(async () => {
  on = await startInstallation();
});
afterEach(() => on.end());

const command = (): string => beginCommand(on.folder, { source: SOURCE, fromOffset: 0 });

describe('the command that begins an installation', () => {
  it('fits into one packet with the longest spec', () => {
    const source = { kind: 'npm', spec: 'x'.repeat(214) } as const;
    const longest = beginCommand(`/root/${'x'.repeat(80)}`, {
      source,
      fromOffset: Number.MAX_SAFE_INTEGER,
      again: true,
    });
    expect(Buffer.byteLength(longest)).toBeLessThan(COMMAND_MAX_BYTES * 0.75);
  });

  it('does nothing when a part of it arrives', async () => {
    await installNode(on.droplet, SUCCESS);
    const connection = await on.connect();
    const whole = command();
    for (const share of [0.1, 0.5, 0.9, 0.9999]) {
      await connection.exec(whole.slice(0, Math.floor(share * whole.length)));
    }
    expect(await readdir(on.droplet.home)).toEqual(['.ssh']);
  });

  it('writes nothing again while the job runs, and begins one job, however many bring it', async () => {
    await installNode(on.droplet, `${untilFile('go')}; ${SUCCESS}`);
    const connection = await on.connect();
    const first = Array.from({ length: 4 }, () => connection.exec(command()));
    await eventually(() => on.installerRuns()).toBe(1);
    const inodes = async (): Promise<number[]> =>
      Promise.all(FILES.map(async (name) => (await stat(join(on.folder, name))).ino));
    await eventually(async () =>
      (await readdir(on.folder)).filter((name) => name.startsWith('new.')),
    ).toEqual([]);
    const before = await inodes();
    const late = connection.exec(command());
    await on.droplet.file('go', '');
    expect((await Promise.all([...first, late])).map(({ exitCode }) => exitCode)).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(await inodes()).toEqual(before);
    expect(await on.installerRuns()).toBe(1);
    expect((await readdir(on.folder)).sort()).toEqual(
      ['exit', 'lock', 'log', ...FILES, 'begun'].sort(),
    );
  });

  it('brings everything once more where a crash left empty files', async () => {
    await installNode(on.droplet, SUCCESS);
    const connection = await on.connect();
    await on.run(connection);
    for (const name of FILES) await writeFile(join(on.folder, name), '');
    for (const name of ['log', 'exit', 'begun']) await rm(join(on.folder, name));
    await on.run(connection, { fromOffset: 0 });
    expect(await readFile(join(on.folder, 'settings'), 'utf8')).toContain(SOURCE.spec);
    expect(await on.installerRuns()).toBe(2);
  });

  it('waits for a package that is not there yet', async () => {
    const connection = await on.connect();
    const source = { kind: 'tarball', path: '/x.tgz' } as const;
    const { exitCode } = await connection.exec(beginCommand(on.folder, { source, fromOffset: 0 }));
    expect(exitCode).toBe(BEGIN_EXIT.packageWanted);
    expect(await readdir(on.folder)).toEqual([]);
  });

  it('says which files could not be written, and that the disk is full', async () => {
    await writeFile(on.folder, 'in the way');
    await expect(on.run(await on.connect())).rejects.toMatchObject({
      code: 'install-failed',
      message: expect.stringMatching(
        /^The installation’s files could not be written on the server\. .*(File exists|Not a directory)/,
      ),
    });
    await rm(on.folder);
    await on.droplet.program('mv', 'echo "mv: write error: No space left on device" >&2; exit 1');
    await expect(on.run(await on.connect())).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect((await readdir(on.folder)).filter((name) => name.endsWith('.sh'))).toEqual([]);
  });

  it('says why no job could be started', async () => {
    await on.droplet.program('flock', 'echo "flock: no locks" >&2; exit 0');
    await on.droplet.program('sleep', 'exit 0');
    await expect(on.run(await on.connect())).rejects.toMatchObject({
      code: 'install-failed',
      message: expect.stringContaining('The installation could not be started in the background.'),
    });
  });

  it('uploads a package that is wanted once', async () => {
    await installNode(on.droplet, SUCCESS);
    const path = join(on.droplet.root, 'local.tgz');
    await writeFile(path, gzipSync('package'));
    const connection = await on.connect();
    await on.run(connection, { source: { kind: 'tarball', path } });
    const { ino } = await stat(join(on.folder, 'installer.tgz'));
    await on.run(connection, { source: { kind: 'tarball', path }, fromOffset: 0 });
    expect((await stat(join(on.folder, 'installer.tgz'))).ino).toBe(ino);
    expect(await on.installerRuns()).toBe(1);
  });
});
