import { createHash } from 'node:crypto';

/** Every so many of the cells that are many of a kind; all of them when left out. */
export const MATRIX_SHARE = Number(process.env['MATRIX_SHARE'] ?? '1');

/** One cell of a matrix: resolves to how it ended, in one word, and to everything that is not as it must be. */
export interface Cell {
  readonly name: string;
  /** It waits until a limit of minutes is over, however hasty its clock: nothing for a short run. */
  readonly isLong?: boolean;
  run(): Promise<CellResult>;
}

export interface CellResult {
  /** Counted: `cleaned-up`, `online`, `failed`. */
  readonly outcome: string;
  readonly violations: readonly string[];
}

export interface MatrixReport {
  readonly cells: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** `cell: what is wrong` */
  readonly violations: readonly string[];
  readonly seconds: number;
}

/** Runs all cells, so many at a time. A cell that throws is a violation. */
export async function runMatrix(
  cells: readonly Cell[],
  options: {
    readonly atATime: number;
    readonly onDone?: (name: string, result: CellResult) => void;
  },
): Promise<MatrixReport> {
  const start = performance.now();
  const outcomes: Record<string, number> = {};
  const violations: string[] = [];
  const queue = [...cells];
  const work = async (): Promise<void> => {
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
      const result = await runCell(cell);
      outcomes[result.outcome] = (outcomes[result.outcome] ?? 0) + 1;
      violations.push(...result.violations.map((violation) => `${cell.name}: ${violation}`));
      options.onDone?.(cell.name, result);
    }
  };
  await Promise.all(Array.from({ length: options.atATime }, work));
  const seconds = (performance.now() - start) / 1000;
  return { cells: cells.length, outcomes, violations, seconds };
}

async function runCell(cell: Cell): Promise<CellResult> {
  try {
    return await cell.run();
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { outcome: 'broken', violations: [text] };
  }
}

/** Prints the counts and every violation. The exit code: 0 for none. */
export function printReport(title: string, report: MatrixReport): number {
  const { cells, outcomes, violations, seconds } = report;
  const counts = Object.entries(outcomes)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([outcome, count]) => `${outcome} ${count}`);
  for (const violation of violations) console.log(`VIOLATION ${violation}`);
  console.log(`${title}: ${cells} cells, ${counts.join(', ')}`);
  console.log(`${title}: ${violations.length} violations, ${Math.round(seconds)} s`);
  return violations.length === 0 ? 0 : 1;
}

/** One in `share`, chosen by name: every nth would miss a kind that comes at regular intervals. */
export function shareOf(cells: readonly Cell[], share: number): readonly Cell[] {
  const numberOf = (name: string): number =>
    createHash('sha256').update(name).digest().readUInt32BE();
  return cells.filter(({ name }) => numberOf(name) % share === 0);
}

/** Every nth of them, so that a short run still has some of every kind. */
export function sample<T>(all: readonly T[], count: number): readonly T[] {
  if (all.length <= count) return all;
  const stride = all.length / count;
  return Array.from({ length: count }, (_, index) => all[Math.floor(index * stride)]!);
}
