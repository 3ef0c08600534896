import { mkdir, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  findProgram,
  runProgram,
  startModule,
  startProgram,
} from '../src/services/process/program.js';
import { temporaryFolder } from './fixtures/temporary-folder.js';

const SRC = resolve(import.meta.dirname, '../src');
const STARTER = join('services', 'process', 'program.ts');
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(join(SRC, path), 'utf8') }));

/** What of a source starts processes by another way than `startProgram` and `startModule`. */
function otherWays(text: string): string[] {
  const patterns = [
    // By value: with `import type` there is nothing to call.
    /import\s+(?!type\b)[^;]*?from\s+'(?:node:)?child_process'/g,
    /(?:require|import|getBuiltinModule)\(\s*['"](?:node:)?(?:child_process|cluster)['"]\s*\)/g,
    /from\s+'(?:node:)?cluster'/g,
    /from\s+'(?:execa|cross-spawn|zx|shelljs|node-pty)'/g,
    /\bshell:\s*(?:true\b|['"`])/g,
  ];
  return patterns.flatMap((pattern) => text.match(pattern) ?? []);
}

/** First arguments of every call that starts a program. */
function startedBy(text: string): string[] {
  const calls = text.matchAll(/\b(?:startProgram|startModule|runProgram)\(\s*([^,]+),/g);
  return [...calls].map((match) => match[1]!.trim());
}

describe('programs that are started on this machine', () => {
  it('are started in one place', () => {
    expect(sources.length).toBeGreaterThan(300);
    expect(sources.find(({ path }) => path === STARTER)?.text).toContain("'node:child_process'");
    const wrong = sources
      .filter(({ path }) => path !== STARTER)
      .flatMap(({ path, text }) => otherWays(text).map((found) => `${path}: ${found}`));
    expect(wrong).toEqual([]);
  });

  it('are never named by a bare word in the sources', () => {
    const started = sources
      .filter(({ path }) => path !== STARTER)
      .flatMap(({ path, text }) => startedBy(text).map((first) => ({ path, first })));
    expect(started.length).toBeGreaterThanOrEqual(6);
    const bare = started.filter(({ first }) => /^['"`](?!\/)/.test(first));
    expect(bare).toEqual([]);
  });

  it.each([
    `import { spawn } from 'node:child_process';`,
    `import { type ChildProcess, execFile } from 'node:child_process';`,
    `import * as processes from 'child_process';`,
    `const { exec } = await import('node:child_process');`,
    `import { spawn, type ChildProcess } from 'child_process';`,
    `startProgram('/bin/ls', [], { shell: true })`,
    `startProgram('/bin/ls', [], { shell: '/bin/sh' })`,
  ])('would be found: %s', (text) => {
    expect(otherWays(text)).toHaveLength(1);
  });

  it('may be spoken of as types', () => {
    expect(otherWays(`import type { ChildProcess } from 'node:child_process';`)).toEqual([]);
  });
});

describe('starting a program', () => {
  it.each(['sh', './sh', 'bin/sh', ''])('refuses %j, which would be looked for', (name) => {
    expect(() => startProgram(name, [])).toThrow('no absolute path');
    expect(() => startModule(name, [], {})).toThrow('no absolute path');
  });

  it('gives no argument to a shell, even when asked to', async () => {
    const folder = await temporaryFolder();
    const args = [`$(touch ${folder}/made)`, `; touch ${folder}/made`];
    const child = startProgram('/bin/echo', args, { shell: true });
    await new Promise((done) => child.on('close', done));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('finds only what is there, may be run, and has an absolute path', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'plain'), '', { mode: 0o600 });
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin', 'tool'), '#!/bin/sh\n', { mode: 0o700 });
    const tool = join(folder, 'bin', 'tool');
    expect(findProgram([join(folder, 'plain'), 'sh', join(folder, 'no'), tool])).toBe(tool);
    expect(findProgram(['sh', 'bin/sh'])).toBeUndefined();
  });
});

describe('running a program to its end', () => {
  const options = { environment: {}, timeoutMs: 10_000 };
  const sh = (script: string, more = {}) =>
    runProgram('/bin/sh', ['-c', script], { ...options, ...more });

  it('gives what it said, whatever its exit code', async () => {
    const result = await sh('cat; echo no >&2; exit 3', { input: 'yes' });
    expect(result).toEqual({ exitCode: 3, stdout: 'yes', stderr: 'no\n' });
  });

  it('hands on no environment but the one that was given', async () => {
    const { stdout } = await runProgram('/usr/bin/env', [], {
      ...options,
      environment: { A: '1' },
    });
    expect(stdout).toBe('A=1\n');
  });

  it('ends one that stays silent, that says too much, or that nobody waits for any more', async () => {
    const silent = runProgram('/bin/sleep', ['60'], { ...options, timeoutMs: 50 });
    await expect(silent).rejects.toMatchObject({ code: 'program-silent' });
    const endless = sh('while :; do echo yes; done', { maxBytes: 1000 });
    await expect(endless).rejects.toMatchObject({ code: 'program-endless' });
    const signal = AbortSignal.abort(new Error('cancelled'));
    await expect(sh('exit 0', { signal })).rejects.toThrow('cancelled');
    const later = new AbortController();
    const waiting = runProgram('/bin/sleep', ['60'], { ...options, signal: later.signal });
    later.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
  });

  it('says that there is none, without its arguments', async () => {
    const missing = runProgram('/no/such/program', ['secret-argument'], options);
    await expect(missing).rejects.toMatchObject({ code: 'program-missing' });
    const error: unknown = await missing.catch((reason: unknown) => reason);
    expect(JSON.stringify([error, String(error)])).not.toContain('secret-argument');
  });
});
