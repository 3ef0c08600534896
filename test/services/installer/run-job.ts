import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { NodeRelease } from '../../../src/services/installer/scripts/job-prepare.sh.js';
import { jobScript } from '../../../src/services/installer/scripts/job.sh.js';
import type { Droplet } from './droplet.js';

interface Line {
  readonly event?: string;
  readonly step?: string;
  readonly status?: string;
  readonly message?: string;
  readonly code?: string;
}

export interface Run {
  readonly exitCode: number;
  readonly log: string;
  /** `wait_apt complete`, … in order. */
  readonly steps: readonly string[];
  readonly error: Line | undefined;
}

/** Runs job.sh itself, in place of start.sh. */
export async function runJob(
  droplet: Droplet,
  options: { release?: NodeRelease; settings?: string; change?: (script: string) => string } = {},
): Promise<Run> {
  const folder = join(droplet.home, '.portlama-install-0123456789abcdef');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const script = jobScript(options.release);
  await writeFile(join(folder, 'job.sh'), options.change?.(script) ?? script);
  await writeFile(join(folder, 'settings'), options.settings ?? "INSTALLER_SPEC='@x/y@1'\n");
  const child = spawn('/bin/sh', [join(folder, 'job.sh')], {
    env: { ...droplet.environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exitCode = await new Promise<number>((resolve) => child.once('close', resolve));
  const log = await droplet.read('root/.portlama-install-0123456789abcdef/log');
  const written = await droplet.read('root/.portlama-install-0123456789abcdef/exit');
  expect(Number(written)).toBe(exitCode);
  const lines = log.split('\n').flatMap((line): Line[] => {
    return line.startsWith('{') ? [JSON.parse(line) as Line] : [];
  });
  return {
    exitCode,
    log,
    steps: lines.flatMap(({ event, step, status }) =>
      event === 'step' ? [`${step} ${status}`] : [],
    ),
    error: lines.find(({ event }) => event === 'error'),
  };
}
