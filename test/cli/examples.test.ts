import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.js';
import { parseArguments } from '../../src/cli/parse.js';
import { wordsOf } from '../../src/cli/plain-menu.js';

const SHOWN = COMMANDS.filter(({ hidden }) => hidden !== true);
const EXAMPLES = SHOWN.flatMap((command) =>
  command.examples.map((example) => [example, command] as const),
);

describe('examples of the help', () => {
  it.each(SHOWN.map((command) => [command.usage, command] as const))(
    'are there for %s',
    (...of) => {
      expect(of[1].examples.length).toBeGreaterThan(0);
    },
  );

  it.each(EXAMPLES)('are understood as they are printed: %s', (example, command) => {
    // A shell takes the redirection away.
    const words = wordsOf(example.replace(/ [<>] \S+$/, ''));
    const invocation = parseArguments(words);
    expect(invocation).toMatchObject({ kind: 'command', command: { usage: command.usage } });
  });
});
