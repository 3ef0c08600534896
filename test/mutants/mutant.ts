import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One critical condition, with a change that takes it away and the test that must fail then. */
export interface Mutant {
  /** Below `src`. */
  readonly file: string;
  /** Found exactly once in the file: a distinctive snippet, as short as that allows. */
  readonly find: string;
  readonly replace: string;
  /** Test file below `test`. */
  readonly test: string;
  /** Name, or part of it, of the tests to run; all of the file when left out. */
  readonly only?: string;
  /** What a person loses when the condition is gone. */
  readonly why: string;
}

export function titleOf({ file, why }: Mutant): string {
  return `${file}: ${why}`;
}

/** The source with the condition taken away. Throws, naming the record, when the snippet is not there exactly once. */
export function mutate(root: string, mutant: Mutant): string {
  const { file, find, replace } = mutant;
  const source = readSource(root, mutant);
  const count = source.split(find).length - 1;
  if (count === 1) return source.replace(find, () => replace);
  throw new Error(
    `${titleOf(mutant)}\n  The snippet is ${count} times in src/${file}, and must be there once: ${find}\n` +
      '  The source was changed: update the record in test/mutants/mutants.ts.',
  );
}

/** What is wrong with records whose snippet is not there exactly once. */
export function outdated(root: string, mutants: readonly Mutant[]): readonly string[] {
  return mutants.flatMap((mutant) => {
    try {
      mutate(root, mutant);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
}

function readSource(root: string, mutant: Mutant): string {
  try {
    return readFileSync(join(root, 'src', mutant.file), 'utf8');
  } catch {
    throw new Error(
      `${titleOf(mutant)}\n  There is no src/${mutant.file}: update the record in test/mutants/mutants.ts.`,
    );
  }
}
