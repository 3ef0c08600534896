import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetchNode } from '../fixtures/other-node.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { MAIN } from '../journeys/home.js';

const ROOT = resolve(import.meta.dirname, '../..');

/** Fetching a Node.js takes a while where the registry is far. */
const LIMIT_MS = 240_000;

function refusalOf(version: string): string {
  return `portlama-tui: This is Node.js ${version}, and Node.js 20.19 or newer is needed.\n  Install it from https://nodejs.org, or start the program with another node.\n`;
}

/** The entry alone, with nothing that it could import, under a Node.js that says it is another version. */
async function startUnder(version: string) {
  const folder = await temporaryFolder();
  copyFileSync(MAIN, join(folder, 'main.js'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
  const versions = join(folder, 'versions.cjs');
  writeFileSync(
    versions,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
  );
  return spawnSync(process.execPath, ['--require', versions, join(folder, 'main.js')], {
    encoding: 'utf8',
  });
}

describe('an older Node.js', () => {
  it.each(['12.22.0', '18.20.4', '20.0.0', '20.18.9'])(
    '%s is told what is needed, before anything is imported',
    async (version) => {
      const { status, stdout, stderr } = await startUnder(version);
      expect(status).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toBe(refusalOf(version));
    },
  );

  it.each(['20.19.0', '20.20.2', '22.0.0', '100.0.0'])('%s is taken', async (version) => {
    const { stderr } = await startUnder(version);
    expect(stderr).toContain('MODULE_NOT_FOUND');
  });

  it(
    'of version 18, a real one, says so for every command line',
    ({ skip }) => {
      const node = fetchNode(18);
      if ('missing' in node) return skip(`no Node.js 18: ${node.missing}`);
      const version = spawnSync(node.path, ['--version'], { encoding: 'utf8' }).stdout.trim();
      expect(version).toMatch(/^v18\./);
      for (const args of [[], ['servers'], ['--sandbox'], ['provision', '--json'], ['--help']]) {
        const ran = spawnSync(node.path, [MAIN, ...args], { encoding: 'utf8' });
        expect(ran.stderr).toBe(refusalOf(version.slice(1)));
        expect(ran.stdout).toBe('');
        expect(ran.status).toBe(1);
      }
    },
    LIMIT_MS,
  );

  it('can read the entry: nothing is required before it is needed, and no syntax newer than Node.js 12', () => {
    const entry = readFileSync(MAIN, 'utf8').replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
    expect(entry).not.toMatch(/^\s*(?:import\s|export\s|(?:const|let|var) .*\brequire\()/m);
    // Awaiting at the top, ?., ??, logical assignments, private names, numeric separators.
    expect(entry).not.toMatch(/\bawait\b|\?\.(?!\d)|\?\?|&&=|\|\|=|[.\s]#\w|\d_\d|node:/);
  });

  it('is compared with what package.json names', () => {
    const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      engines: { node: string };
    };
    expect(engines.node).toBe('>=20.19');
    expect(readFileSync(join(ROOT, 'src/main.ts'), 'utf8')).toContain('NEEDED = [20, 19]');
  });
});
