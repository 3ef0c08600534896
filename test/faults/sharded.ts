import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { RUN_TYPESCRIPT } from '../fixtures/run-typescript.js';
import { type Cell, type MatrixReport, printReport, runMatrix } from './matrix.js';

export interface ShardedMatrix {
  readonly title: string;
  /** The file that calls this: it is started once more for each shard. */
  readonly module: string;
  /** Processes: what runs in one process uses one core. */
  readonly shards: number;
  /** In each of them. */
  readonly atATime: number;
  readonly cells: () => Promise<readonly Cell[]>;
}

/**
 * Runs a matrix in several processes and prints the counts of all. Resolves to the exit code.
 * A first argument chooses cells: those with it in their name.
 */
export async function runSharded(matrix: ShardedMatrix): Promise<number> {
  const shard = process.env['MATRIX_SHARD'];
  if (shard !== undefined) {
    process.send?.(await runShard(matrix, Number(shard)));
    process.disconnect();
    return 0;
  }
  const start = performance.now();
  const numbers = Array.from({ length: matrix.shards }, (_, number) => number);
  const reports = await Promise.all(numbers.map((number) => startShard(matrix, number)));
  const seconds = (performance.now() - start) / 1000;
  return printReport(matrix.title, { ...reports.reduce(addReports), seconds });
}

async function runShard(matrix: ShardedMatrix, shard: number): Promise<MatrixReport> {
  const wanted = process.argv[2] ?? '';
  const chosen = (await matrix.cells()).filter(({ name }) => name.includes(wanted));
  const own = chosen.filter((_, index) => index % matrix.shards === shard);
  return await runMatrix(own, {
    atATime: matrix.atATime,
    onDone: (name, { outcome }) => {
      if (process.env['MATRIX_VERBOSE'] !== undefined) console.log(`${outcome}: ${name}`);
    },
  });
}

function startShard({ module }: ShardedMatrix, number: number): Promise<MatrixReport> {
  const child = fork(fileURLToPath(module), process.argv.slice(2), {
    env: { ...process.env, MATRIX_SHARD: String(number) },
    execArgv: RUN_TYPESCRIPT,
  });
  return new Promise((resolve, reject) => {
    let report: MatrixReport | undefined;
    child.on('message', (message) => (report = message as MatrixReport));
    child.on('error', reject);
    child.on('close', (code) =>
      report === undefined
        ? reject(new Error(`shard ${number} ended with ${code}`))
        : resolve(report),
    );
  });
}

function addReports(one: MatrixReport, other: MatrixReport): MatrixReport {
  const outcomes = { ...one.outcomes };
  for (const [outcome, count] of Object.entries(other.outcomes)) {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
  }
  return {
    cells: one.cells + other.cells,
    outcomes,
    violations: [...one.violations, ...other.violations],
    seconds: Math.max(one.seconds, other.seconds),
  };
}
