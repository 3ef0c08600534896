import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { readLikeDesktop } from '../contract/desktop-reader.js';
import { MAIN } from '../fixtures/program.js';
import { sandboxOf } from '../fixtures/sandbox-of.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

const run = promisify(execFile);
const PATIENCE_MS = 120_000;

/** The script of the README. */
async function script(): Promise<string> {
  const page = await readFile(resolve(import.meta.dirname, '../../README.md'), 'utf8');
  const [, found = ''] = /<!-- from-nothing -->\n([^]*)<!-- \/from-nothing -->/.exec(page) ?? [];
  const lines = found.split('\n').filter((line) => line.startsWith('    '));
  expect(lines.length).toBeGreaterThan(5);
  return lines.map((line) => line.slice(4)).join('\n');
}

it(
  'the script of the README leads from nothing to an onboarded server',
  async () => {
    const folder = await temporaryFolder();
    const bin = join(folder, 'bin');
    await mkdir(bin);
    const program = `#!/bin/sh\nexec ${process.execPath} ${MAIN} "$@"\n`;
    await writeFile(join(bin, 'portlama-tui'), program, { mode: 0o755 });
    const home = join(folder, 'portlama');
    const env = {
      HOME: folder,
      TMPDIR: folder,
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      PORTLAMA_HOME: home,
      PORTLAMA_SANDBOX_DELAYS: '0',
    };
    onTestFinished(async () => void process.kill((await sandboxOf(`${home}-sandbox`)).pid));
    const { stdout } = await run('/bin/bash', ['-euo', 'pipefail', '-c', await script()], { env });
    expect(stdout).toContain('lab is set up: https://panel.lab.example.com');
    expect(stdout).toMatch(/^lab .*https:\/\/panel\.lab\.example\.com .*online/m);
    const list = JSON.parse(await readFile(join(`${home}-sandbox`, 'servers.json'), 'utf8'));
    expect(readLikeDesktop(list)).toMatchObject([{ label: 'lab', domain: 'lab.example.com' }]);
  },
  PATIENCE_MS,
);
