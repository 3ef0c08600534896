import { expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/parse.js';

it('an option called --version belongs to the command that has one', () => {
  expect(parseArguments(['servers', 'update', 'lab', '--version', '1.0.53'])).toMatchObject({
    kind: 'command',
    call: { rest: ['lab'], options: { version: '1.0.53' } },
  });
});

it.each([['--version'], ['-V'], ['servers', '--version']])('%s prints the program’s', (...args) => {
  expect(parseArguments(args).kind).toBe('version');
});
