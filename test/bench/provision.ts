/**
 * How much time a provisioning takes beside what it has to wait for: the real program creates a server in its own
 * sandbox, from the process's start to its end, at the sandbox's usual pace and without any waiting.
 * Run with: npm run bench:provision
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DEFAULT_DELAYS, plannedDelayMs } from '../../src/sandbox/delays.js';
import { NO_DELAYS } from '../fixtures/no-delays.js';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');
const LIMIT_MS = 1500;
const CALL_LIMIT = 60;

interface Run {
  readonly totalMs: number;
  readonly plannedMs: number;
  readonly apiCalls: number;
}

async function measure(pace: '0' | '1', plannedMs: number): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'portlama-bench-'));
  const home = join(folder, 'home');
  const log = join(folder, 'log');
  const env = { ...process.env, PORTLAMA_HOME: home, PORTLAMA_SANDBOX_DELAYS: pace };
  const portlama = (...args: string[]): Promise<void> => run([MAIN, '--sandbox', ...args], env);
  try {
    // The sandbox is a process of its own: its start is not the program's.
    await portlama('servers');
    const start = performance.now();
    await portlama('provision', '--region', 'fra1', '--label', 'bench', '--json', '--log', log);
    const totalMs = performance.now() - start;
    const lines = (await readFile(log, 'utf8')).split('\n');
    return { totalMs, plannedMs, apiCalls: lines.filter((line) => / api {3}/.test(line)).length };
  } finally {
    await endSandbox(home);
    await rm(folder, { recursive: true, force: true });
  }
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((fulfil, reject) => {
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? fulfil() : reject(new Error(`ended with ${code}`))));
  });
}

async function endSandbox(home: string): Promise<void> {
  const record = JSON.parse(await readFile(join(`${home}-sandbox`, 'sandbox.json'), 'utf8')) as {
    pid: number;
  };
  process.kill(record.pid, 'SIGTERM');
}

function report(name: string, { totalMs, plannedMs, apiCalls }: Run): boolean {
  const own = totalMs - plannedMs;
  const ms = (value: number): string => `${Math.round(value)} ms`.padStart(9);
  console.log(
    `${name.padEnd(22)}total ${ms(totalMs)}  sandbox's own delays ${ms(plannedMs)}  program ${ms(own)}  API calls ${apiCalls}`,
  );
  return own < LIMIT_MS && apiCalls <= CALL_LIMIT;
}

const runs = [
  ['without delays', await measure('0', plannedDelayMs(NO_DELAYS))],
  ['at the usual pace', await measure('1', plannedDelayMs(DEFAULT_DELAYS))],
] as const;
const good = runs.map(([name, result]) => report(name, result));
console.log(
  `limits: program ${LIMIT_MS} ms, API calls ${CALL_LIMIT}: ${good.every(Boolean) ? 'kept' : 'exceeded'}`,
);
process.exitCode = good.every(Boolean) ? 0 : 1;
