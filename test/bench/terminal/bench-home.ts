import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createSandboxKeystore } from '../../../src/sandbox/client/sandbox-client.js';
import { p12PasswordKey } from '../../../src/services/keystore/keystore.js';
import type { ServerEntry } from '../../../src/services/registry/registry.js';
import { sandboxOf } from '../../fixtures/sandbox-of.js';
import { type PtyProgram, ptyProgram } from '../../fixtures/terminal/pty-program.js';

const MAIN = resolve(import.meta.dirname, '../../../dist/main.js');

/** A home folder with a sandbox of its own, for the built program. `remove` ends all that was started in it. */
export class BenchHome {
  private constructor(private readonly folder: string) {}

  static async make(): Promise<BenchHome> {
    return new BenchHome(await mkdtemp(join(tmpdir(), 'portlama-bench-')));
  }

  /** The sandbox's folder. */
  get path(): string {
    return join(this.folder, 'portlama-sandbox');
  }

  /** `delays` is PORTLAMA_SANDBOX_DELAYS, of the sandbox that the first program starts. */
  environment(delays = '0'): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: this.folder,
      PORTLAMA_HOME: join(this.folder, 'portlama'),
      PORTLAMA_SANDBOX_DELAYS: delays,
    };
  }

  /** The program in a terminal of 120x40. */
  open(
    delays?: string,
    command: readonly [string, ...string[]] = program('--sandbox'),
  ): PtyProgram {
    return ptyProgram({ command, columns: 120, rows: 40, env: this.environment(delays) });
  }

  /** Makes servers, one after the other; each has a droplet and a panel. */
  async provision(...labels: readonly string[]): Promise<void> {
    for (const label of labels)
      await this.run('--sandbox', 'provision', '--region', 'fra1', '--label', label);
  }

  /** Fills the list up to `count` entries, with files and passwords of their own, on the panels that there are. */
  async multiply(count: number): Promise<void> {
    const file = join(this.path, 'servers.json');
    const originals = JSON.parse(await readFile(file, 'utf8')) as ServerEntry[];
    const keystore = await this.keystore();
    const passwords = await Promise.all(
      originals.map(({ id }) => keystore.get(p12PasswordKey(id))),
    );
    const entries = [...originals];
    while (entries.length < count) {
      const which = entries.length % originals.length;
      const original = originals[which]!;
      const id = randomUUID();
      const folder = join(this.path, 'servers', id);
      await cp(join(this.path, 'servers', original.id), folder, { recursive: true });
      await keystore.set(p12PasswordKey(id), passwords[which] ?? '');
      const label = `box-${String(entries.length).padStart(4, '0')}`;
      const p12Path = join(folder, 'client.p12');
      entries.push({ ...original, id, label, active: false, p12Path });
    }
    await writeFile(file, JSON.stringify(entries, undefined, 2), { mode: 0o600 });
  }

  async remove(): Promise<void> {
    process.kill((await sandboxOf(this.path)).pid, 'SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }

  private async keystore(): Promise<ReturnType<typeof createSandboxKeystore>> {
    return createSandboxKeystore((await sandboxOf(this.path)).socketPath);
  }

  private run(...args: readonly string[]): Promise<void> {
    const [file, ...rest] = program(...args);
    return new Promise((fulfil, reject) => {
      const env = this.environment();
      const child = spawn(file, rest, { env, stdio: ['ignore', 'ignore', 'inherit'] });
      child.on('error', reject);
      child.on('exit', (code) => (code === 0 ? fulfil() : reject(new Error(`ended with ${code}`))));
    });
  }
}

/** The built program as a command. */
function program(...args: readonly string[]): readonly [string, ...string[]] {
  return [process.execPath, MAIN, ...args];
}
