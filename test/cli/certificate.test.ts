import { copyFile, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RunningSandbox, runningSandbox } from '../fixtures/running-sandbox.js';

interface Made {
  readonly sandbox: RunningSandbox;
  readonly serverId: string;
  /** A copy of its client.p12, and what opens it. */
  readonly file: string;
  readonly password: string;
}

/** A server whose certificate is elsewhere, as one that was added by its address. */
async function withoutCertificate(): Promise<Made> {
  const sandbox = await runningSandbox();
  await sandbox.run(['provision', '--region', 'fra1', '--label', 'edge']);
  const path = join(sandbox.home, 'servers.json');
  const [entry] = JSON.parse(await readFile(path, 'utf8')) as [{ id: string; p12Path?: string }];
  const password = await sandbox.store(`service=com.portlama.server&account=${entry.id}`);
  const file = join(sandbox.folder, 'client.p12');
  await copyFile(entry.p12Path!, file);
  await rm(entry.p12Path!);
  const { p12Path: _gone, ...rest } = entry;
  await writeFile(path, JSON.stringify([{ ...rest, theirs: 'kept' }]));
  return { sandbox, serverId: entry.id, file, password: password! };
}

describe('certificate import', () => {
  it('keeps the file and its password, and the panel opens', async () => {
    const { sandbox, serverId, file, password } = await withoutCertificate();
    expect((await sandbox.run(['servers'])).stdout).toContain('certificate needed');
    const args = ['certificate', 'import', 'edge', file];
    const { exitCode, stdout, stderr } = await sandbox.run(args, { stdin: `${password}\n` });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Imported the certificate of edge; it expires \d{4}-\d\d-\d\d\.$/m);
    expect(stdout).toMatch(/^Panel: online/m);
    expect(stdout).not.toContain(password);
    const kept = join(sandbox.home, 'servers', serverId, 'client.p12');
    expect(await readFile(kept)).toEqual(await readFile(file));
    expect((await stat(kept)).mode & 0o777).toBe(0o600);
    const [entry] = JSON.parse(
      await readFile(join(sandbox.home, 'servers.json'), 'utf8'),
    ) as object[];
    expect(entry).toMatchObject({ p12Path: kept, authMethod: 'p12', theirs: 'kept' });
  });

  it('does not replace one that is there unasked, and says when the panel refuses the new one', async () => {
    const { sandbox, file, password } = await withoutCertificate();
    const args = ['certificate', 'import', 'edge', file];
    await sandbox.run(args, { stdin: `${password}\n` });
    const again = await sandbox.run(args, { stdin: `${password}\n` });
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain(`certificate import edge ${file} --yes edge`);
    const named = await sandbox.run([...args, '--yes', 'edge'], { stdin: `${password}\n` });
    expect([named.exitCode, named.stderr]).toEqual([0, '']);
  });

  it.each([
    ['a wrong password', ['edge'], 'wrong', /password does not open/i],
    ['a server that is not there', ['lab'], 'any', /no server called "lab"/],
  ])('keeps nothing with %s', async (_what, [label], stdin, says) => {
    const { sandbox, serverId, file, password } = await withoutCertificate();
    const args = ['certificate', 'import', label!, file];
    const { exitCode, stderr } = await sandbox.run(args, { stdin });
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(says);
    await expect(stat(join(sandbox.home, 'servers', serverId, 'client.p12'))).rejects.toThrow();
    expect(await sandbox.store(`service=com.portlama.server&account=${serverId}`)).toBe(password);
  });

  it('says what is missing where there is no such file', async () => {
    const { sandbox } = await withoutCertificate();
    const { exitCode, stderr } = await sandbox.run(['certificate', 'import', 'edge', 'none.p12']);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/no file "none\.p12"[\s\S]*\/etc\/portlama\/pki\/client\.p12/);
  });
});
