import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
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
    await removeAbandoned(folder);
    expect((await readdir(folder)).sort()).toEqual(others.sort());
  });

  it('are looked for in vain where there is no folder', async () => {
    await expect(removeAbandoned(join(await temporaryFolder(), 'none'))).resolves.toBeUndefined();
  });
});
