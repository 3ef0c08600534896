import * as fc from '../fixtures/fast-check.js';
import { describe, expect, it } from 'vitest';

/** Cases of every property in a usual test run; `npm run test:properties` makes it 100,000. */
const USUAL_RUNS = 300;
export const RUNS = runsFrom(process.env['PROPERTY_RUNS']);
/** Far more than generous: the slowest property needs a few milliseconds a case. */
const TIMEOUT_MS = 60_000 + RUNS * 20;
/** A mutant that lives this long is not found by chance either. */
const MUTANT_RUNS = 10_000;
/** Always the same cases, so that a mutant is found each time or never. */
const MUTANT_SEED = 20_261_026;

export interface Suite<Subject> {
  /** What is promised of every case. */
  readonly property: (subject: Subject) => fc.IAsyncProperty<unknown> | fc.IProperty<unknown>;
  /** What the program uses. */
  readonly real: Subject;
  /** The same with one mistake each, by what is wrong with it. The property has to find them all. */
  readonly mutants: Readonly<Record<string, Subject>>;
}

/** Tests that the property holds for the real thing and for none of the mutants. */
export function describeProperty<Subject>(name: string, suite: Suite<Subject>): void {
  const { property, real, mutants } = suite;
  describe(name, () => {
    it(
      `holds in ${RUNS.toLocaleString('en')} cases`,
      async () => {
        await fc.assert(property(real) as fc.IAsyncProperty<unknown>, { numRuns: RUNS });
      },
      TIMEOUT_MS,
    );

    it.each(Object.entries(mutants))(
      'is broken by one that %s',
      async (_, mutant) => {
        const details = await fc.check(property(mutant) as fc.IAsyncProperty<unknown>, {
          numRuns: MUTANT_RUNS,
          seed: MUTANT_SEED,
          endOnFailure: true,
        });
        expect(details.failed, 'the mutant lives').toBe(true);
        // Found by what is promised, not by falling over.
        expect(details.errorInstance).toMatchObject({ name: 'AssertionError' });
      },
      TIMEOUT_MS,
    );
  });
}

function runsFrom(setting: string | undefined): number {
  if (setting === undefined) return USUAL_RUNS;
  if (/^[1-9]\d{0,8}$/.test(setting)) return Number(setting);
  throw new Error(`PROPERTY_RUNS is not a number of cases: ${setting}`);
}
