import { execFileSync } from 'node:child_process';
import { accessSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { Installed, tryOut } from './installed.js';

const VERSIONS = ['22', '24', '26'];
const LIMIT_MS = 300_000;
const FETCH_MS = 120_000;
/** Kept between runs. Outside of the checkout: the programs are no dependency of it. */
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'portlama-tui-node');

/** Path of that Node.js, which an npm package holds; an Error says why there is none. */
function nodeProgram(version: string): string | Error {
  const folder = join(CACHE, version);
  const program = join(folder, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  try {
    accessSync(program);
    return program;
  } catch {
    // Not there yet.
  }
  try {
    mkdirSync(folder, { recursive: true });
    const name = `node-${process.platform}-${process.arch}@${version}`;
    const args = [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      name,
    ];
    execFileSync('npm', args, { cwd: folder, stdio: 'pipe', timeout: FETCH_MS });
    accessSync(program);
    return program;
  } catch (error) {
    return new Error(`Node.js ${version} could not be fetched`, { cause: error });
  }
}

describe.each(VERSIONS)('Node.js %s', (version) => {
  it('runs the installed package', { timeout: LIMIT_MS }, async (context) => {
    const program = nodeProgram(version);
    if (program instanceof Error) context.skip(program.message);
    else await tryOut(await Installed.make(program));
  });
});
