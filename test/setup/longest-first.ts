import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files of a minute and more, the longest first, and the quick ones of ten seconds. A fresh checkout knows no durations, and would start the smallest file last. */
export const LONGEST: readonly string[] = [
  'test/cli/ended.test.ts',
  'test/journeys/servers.test.ts',
  'test/cli/servers.test.ts',
  'test/journeys/leaving.test.ts',
  'test/journeys/failing.test.ts',
  'test/journeys/resizing.test.ts',
  'test/cli/transfer.test.ts',
  'test/package/versions.test.ts',
  'test/cli/operations.test.ts',
  'test/journeys/terminals.test.ts',
  'test/faults/containers.test.ts',
  'test/cli/foreign-files.test.ts',
  'test/faults/short.test.ts',
  'test/package/install.test.ts',
  'test/cli/token.test.ts',
  'test/cli/bad-input.test.ts',
];

/** Starts the longest files first, so that no run ends with one worker busy and the others idle. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  const rank = LONGEST.indexOf(relative(project.config.root, moduleId));
  return rank === -1 ? LONGEST.length : rank;
}
