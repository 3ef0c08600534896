import { execFile } from 'node:child_process';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { sandboxOf } from '../fixtures/sandbox-of.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { ptyProgram, type PtyProgram } from '../fixtures/terminal/pty-program.js';

const ROOT = resolve(import.meta.dirname, '../..');
const LIMIT_MS = 180_000;
const run = promisify(execFile);

/** The package made of the built program, in this folder; its path. */
export async function packInto(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const { stdout } = await run(process.execPath, [join(ROOT, 'tools/pack.mjs'), folder]);
  return stdout.trim();
}

/** The program as a newcomer has it: installed from its package into an empty prefix, with an empty home folder. */
export class Installed {
  private constructor(
    private readonly folder: string,
    private readonly node: string,
    readonly tarball: string,
  ) {}

  static async make(node = process.execPath): Promise<Installed> {
    const folder = await temporaryFolder();
    const tarball = await packInto(join(folder, 'packed'));
    const installed = new Installed(folder, node, tarball);
    await mkdir(join(folder, 'home'), { mode: 0o700 });
    const registry = (await run('npm', ['config', 'get', 'registry'])).stdout.trim();
    await run(
      'npm',
      [
        'install',
        '--global',
        '--no-audit',
        '--no-fund',
        '--prefix',
        join(folder, 'prefix'),
        tarball,
      ],
      {
        cwd: folder,
        env: {
          ...surroundings(),
          HOME: installed.environment['HOME'],
          npm_config_registry: registry,
        },
        timeout: LIMIT_MS,
      },
    );
    onTestFinished(() => installed.endSandbox());
    return installed;
  }

  get environment(): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: join(this.folder, 'home'),
      LANG: 'C.UTF-8',
      PORTLAMA_SANDBOX_DELAYS: '0',
    };
  }

  get packageFolder(): string {
    return join(this.folder, 'prefix/lib/node_modules/portlama-tui');
  }

  /** Where `man portlama-tui` finds it. */
  get manualPage(): string {
    return join(this.folder, 'prefix/share/man/man1/portlama-tui.1');
  }

  /** The command in the prefix. */
  get command(): string {
    return join(this.folder, 'prefix/bin/portlama-tui');
  }

  /** Runs it to its end; rejects unless that is 0. */
  async runs(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(this.node, [this.command, ...args], {
      env: this.environment,
      timeout: LIMIT_MS,
    });
    return stdout;
  }

  /** Runs it to its end, whatever that is. */
  async says(...args: readonly string[]): Promise<string> {
    return await this.runs(...args).catch((error: { stdout: string }) => error.stdout);
  }

  opens(...args: readonly string[]): PtyProgram {
    const program = ptyProgram({
      command: [this.node, this.command, ...args],
      columns: 120,
      rows: 40,
      env: this.environment,
    });
    onTestFinished(() => program.kill());
    return program;
  }

  /** Names of the packages below it, and the size of all files, bytes. */
  async measure(): Promise<{ readonly packages: readonly string[]; readonly bytes: number }> {
    const paths = await readdir(this.packageFolder, { recursive: true });
    const stats = await Promise.all(paths.map((path) => stat(join(this.packageFolder, path))));
    const bytes = stats.reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
    const packages = await readdir(join(this.packageFolder, 'node_modules')).catch(() => []);
    return { packages: packages.filter((name) => !name.startsWith('.')), bytes };
  }

  private async endSandbox(): Promise<void> {
    const sandbox = await sandboxOf(join(this.folder, 'home/.portlama-sandbox')).catch(
      () => undefined,
    );
    if (sandbox !== undefined) process.kill(sandbox.pid, 'SIGTERM');
  }
}

/** Of this process without what `npm test` adds: the way to the registry may need any of it. */
function surroundings(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  return Object.fromEntries(kept);
}

/** What a newcomer does first: looks at the version, asks the doctor, makes a server in the sandbox, opens it all. */
export async function tryOut(installed: Installed): Promise<void> {
  const { expect } = await import('vitest');
  expect(await installed.runs('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(await installed.says('doctor')).toMatch(/Program\s+portlama-tui/);
  const provision = ['--sandbox', 'provision', '--region', 'fra1', '--label', 'first'];
  expect(await installed.runs(...provision)).toContain('Online: first at https://');
  const program = installed.opens('--sandbox');
  await program.waitFor('first');
  await program.waitFor('1 online', LIMIT_MS);
  program.press('n');
  await program.waitFor('Create server');
  program.press('enter');
  await program.waitFor(/account active/);
  program.press('enter');
  // The map, drawn by a file that is loaded late.
  await program.waitFor(/[\u2801-\u28ff]{2}/);
  program.press('escape', 'escape', 'escape');
  await program.waitUntilGone('Create server');
  program.press('q');
  expect(await program.waitForExit(LIMIT_MS)).toBe(0);
}
