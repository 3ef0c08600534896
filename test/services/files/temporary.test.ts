import { execFile } from 'node:child_process';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { removeAbandoned, temporaryBeside } from '../../../src/services/files/temporary.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

describe('temporary files', () => {
  it('are removed when their process is gone, and nothing else is', async () => {
    const folder = await temporaryFolder();
    const own = temporaryBeside(join(folder, 'servers.json'));
    const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'process.pid']);
    const pid = Number(stdout).toString(16).padStart(8, '0');
    const dead = `.servers.json.${pid}0123456789ab.tmp`;
    const others = [basename(own), `servers.json.${pid}0123456789ab.tmp`, '.servers.json.tmp'];
    for (const name of [dead, ...others]) await writeFile(join(folder, name), '');
    // Of a probe that was cut off.
    const deadFolder = join(folder, `.probe.${pid}0123456789ab.tmp`);
    await mkdir(deadFolder);
    await writeFile(join(deadFolder, 'client.p12'), '');
    await removeAbandoned(folder);
    expect((await readdir(folder)).sort()).toEqual(others.sort());
  });

  it('of a process in another pid namespace stay while it may be at work', async () => {
    const folder = await temporaryFolder();
    const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'process.pid']);
    const pid = Number(stdout).toString(16).padStart(8, '0');
    const fresh = `.servers.json.${pid}00c0ffee0123456789ab.tmp`;
    const old = `.servers.json.${pid}00c0ffeeba9876543210.tmp`;
    for (const name of [fresh, old]) await writeFile(join(folder, name), '');
    const aMinuteAgo = new Date(Date.now() - 61_000);
    await utimes(join(folder, old), aMinuteAgo, aMinuteAgo);
    await removeAbandoned(folder);
    expect(await readdir(folder)).toEqual([fresh]);
  });

  it('are looked for in vain where there is no folder', async () => {
    await expect(removeAbandoned(join(await temporaryFolder(), 'none'))).resolves.toBeUndefined();
  });
});
