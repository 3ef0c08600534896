import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mutant, mutate } from './mutant.js';

/** A run that takes longer is ended. The slowest of these tests take a tenth of it. */
const LIMIT_MS = 300_000;
const NOT_COPIED = new Set(['.git', 'build', 'coverage', 'dist', 'node_modules']);
/** These tests start the compiled program. */
const USE_DIST = /^(?:cli|faults|journeys|leaks|permissions|sandbox)\//;

export interface TestOutcome {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** What vitest said, for when a file does not load. */
  readonly output: string;
}

/** A copy of the checkout, in which sources are changed; the checkout itself never is. */
export class Workspace {
  private constructor(readonly root: string) {}

  /** Copies the checkout; its packages are linked one by one, so that caches beside them stay in the copy. */
  static async open(checkout: string): Promise<Workspace> {
    const root = await mkdtemp(join(tmpdir(), 'portlama-mutants-'));
    for (const name of await readdir(checkout)) {
      if (NOT_COPIED.has(name)) continue;
      await cp(join(checkout, name), join(root, name), { recursive: true });
    }
    const packages = join(root, 'node_modules');
    await mkdir(packages);
    for (const name of await readdir(join(checkout, 'node_modules'))) {
      if (name.startsWith('.') && name !== '.bin') continue;
      await symlink(join(checkout, 'node_modules', name), join(packages, name));
    }
    const workspace = new Workspace(root);
    await workspace.build();
    return workspace;
  }

  async close(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  /** Runs tests with one condition taken away. */
  async runWith(mutant: Mutant): Promise<TestOutcome> {
    const path = join(this.root, 'src', mutant.file);
    const source = await readFile(path, 'utf8');
    const isCompiled = USE_DIST.test(mutant.test);
    try {
      await writeFile(path, mutate(this.root, mutant));
      if (isCompiled) await this.build();
      return await this.runTests([mutant.test], mutant.only, 1);
    } finally {
      await writeFile(path, source);
      if (isCompiled) await this.build();
    }
  }

  /** Runs test files below `test`, of those the tests whose name matches; stops after so many failures (0: never). */
  async runTests(files: readonly string[], names?: string, bail = 0): Promise<TestOutcome> {
    const report = join(this.root, 'report.json');
    await rm(report, { force: true });
    const filter = names === undefined ? [] : ['--testNamePattern', names];
    const { output } = await this.runNode([
      'node_modules/vitest/vitest.mjs',
      'run',
      `--bail=${bail}`,
      '--maxWorkers=1',
      '--reporter=json',
      `--outputFile=${report}`,
      ...filter,
      ...files.map((file) => `test/${file}`),
    ]);
    const text = await readFile(report, 'utf8').catch(() => '{"testResults":[]}');
    const { testResults } = JSON.parse(text) as Report;
    const all = testResults.flatMap(({ assertionResults }) => assertionResults);
    const named = (status: string): string[] =>
      all.filter((test) => test.status === status).map(({ fullName }) => fullName);
    const messages = testResults.map(({ message }) => message).join('\n');
    return { passed: named('passed'), failed: named('failed'), output: `${messages}${output}` };
  }

  /** A mutant need not satisfy the type checker: what is written counts. */
  private async build(): Promise<void> {
    await this.runNode(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
    await this.runNode(['tools/bundle.mjs']);
  }

  private async runNode(args: readonly string[]): Promise<{ readonly output: string }> {
    const child = spawn(process.execPath, args, {
      cwd: this.root,
      // With its children: a test that is stuck has some.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const end = (): void => {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const timer = setTimeout(end, LIMIT_MS);
    // Before the copy is removed.
    process.prependOnceListener('exit', end);
    await once(child, 'close');
    process.off('exit', end);
    clearTimeout(timer);
    return { output };
  }
}

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}
