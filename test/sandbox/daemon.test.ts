import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import { createSandboxControl } from '../fixtures/sandbox-control.js';
import { createSandboxKeystore } from '../../src/sandbox/client/sandbox-client.js';
import { SandboxFolder } from '../../src/sandbox/folder.js';
import { type AttachedSandbox, attachSandbox } from '../../src/sandbox/daemon/attach.js';
import { runSandboxDaemon } from '../../src/sandbox/daemon/daemon.js';
import { recordPath } from '../../src/sandbox/daemon/record.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { isProcessAlive } from '../../src/services/process/identity.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
/** Long enough for a test that holds nothing, short enough to wait for. */
const IDLE_MS = 500;
let built: string;

/** The daemon runs in a process of its own: as JavaScript, which no other step of the tests has to have made. */
beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'portlama-daemon-'));
  await writeFile(join(built, 'package.json'), '{ "type": "module" }');
  await symlink(join(ROOT, 'node_modules'), join(built, 'node_modules'));
  const config = {
    extends: join(ROOT, 'tsconfig.build.json'),
    compilerOptions: {
      rootDir: join(ROOT, 'src'),
      outDir: join(built, 'dist'),
      incremental: false,
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
    files: [join(ROOT, 'src/sandbox/daemon/daemon.ts')],
    include: [],
  };
  await writeFile(join(built, 'tsconfig.json'), JSON.stringify(config));
  await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', built]);
  await writeFile(
    join(built, 'main.js'),
    `import { runSandboxDaemon } from './dist/sandbox/daemon/daemon.js';
     import { SandboxFolder } from './dist/sandbox/folder.js';
     const [home, idleMs] = process.argv.slice(2);
     await runSandboxDaemon(await SandboxFolder.open(home), { idleMs: Number(idleMs) });`,
  );
});
afterAll(() => rm(built, { recursive: true, force: true }));

function command(home: string): [string, ...string[]] {
  return [process.execPath, join(built, 'main.js'), home, String(IDLE_MS)];
}

async function attach(home: string): Promise<AttachedSandbox> {
  const attached = await attachSandbox(await SandboxFolder.open(home), { command: command(home) });
  onTestFinished(() => attached.detach());
  return attached;
}

async function pidOf(home: string): Promise<number> {
  return (JSON.parse(await readFile(recordPath(home), 'utf8')) as { pid: number }).pid;
}

async function untilEnded(pid: number): Promise<void> {
  while (isProcessAlive(pid)) await systemClock.sleep(50);
}

describe('the sandbox of a home folder', () => {
  it('starts with the first program, is shared, and ends after the last', async () => {
    const home = join(await temporaryFolder(), 'home');
    const first = await attach(home);
    const second = await attach(home);
    const pid = await pidOf(home);
    expect([first.fresh, second.fresh]).toEqual([true, false]);
    expect([second.url, second.world]).toEqual([first.url, first.world]);
    expect((await stat(recordPath(home))).mode & 0o777).toBe(0o600);
    expect((await stat(home)).mode & 0o777).toBe(0o700);

    await createSandboxKeystore(first.socketPath).set(TOKEN_KEY, 'x');
    expect(await createSandboxKeystore(second.socketPath).get(TOKEN_KEY)).toBe('x');
    const control = createSandboxControl(first.socketPath);
    expect((await control.state()).attached).toBe(2);

    first.detach();
    await systemClock.sleep(IDLE_MS * 2);
    expect((await control.state()).attached).toBe(1);
    second.detach();
    await untilEnded(pid);
    await expect(readFile(recordPath(home))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is one, however many programs start at once', async () => {
    const home = await temporaryFolder();
    const all = await Promise.all([attach(home), attach(home), attach(home), attach(home)]);
    expect(new Set(all.map(({ world }) => world)).size).toBe(1);
    const pid = await pidOf(home);
    for (const attached of all) attached.detach();
    await untilEnded(pid);
  });

  it('is a new one after the old one was killed', async () => {
    const home = await temporaryFolder();
    const old = await attach(home);
    const pid = await pidOf(home);
    process.kill(pid, 'SIGKILL');
    await untilEnded(pid);
    const next = await attach(home);
    expect(next.fresh).toBe(true);
    expect(next.world).not.toBe(old.world);
    const nextPid = await pidOf(home);
    process.kill(nextPid, 'SIGTERM');
    await untilEnded(nextPid);
    await expect(readFile(recordPath(home))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('starts over a record that cannot be read', async () => {
    const home = await temporaryFolder();
    await SandboxFolder.open(home);
    await writeFile(recordPath(home), '{"world":', { mode: 0o600 });
    const attached = await attach(home);
    expect(attached.fresh).toBe(true);
    const pid = await pidOf(home);
    attached.detach();
    await untilEnded(pid);
  });

  it('says why it cannot start', async () => {
    const home = await temporaryFolder();
    const failing = attachSandbox(await SandboxFolder.open(home), {
      command: [process.execPath, '-e', 'process.exit(3)'],
    });
    await expect(failing).rejects.toMatchObject({
      code: 'sandbox-not-started',
      message: expect.stringContaining('exit code 3'),
    });
  });

  it('gives way to one that runs, and ends when told to', async () => {
    const home = await temporaryFolder();
    await chmod(home, 0o700);
    const stop = new AbortController();
    const running = runSandboxDaemon(await SandboxFolder.open(home), {
      idleMs: 60_000,
      signal: stop.signal,
    });
    while ((await pidOf(home).catch(() => undefined)) === undefined) await systemClock.sleep(10);
    await runSandboxDaemon(await SandboxFolder.open(home), { idleMs: 60_000 });
    expect(await pidOf(home)).toBe(process.pid);
    expect((await attach(home)).fresh).toBe(false);
    stop.abort();
    await running;
    await expect(readFile(recordPath(home))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
