import { expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/parse.js';

it('an option called --version belongs to the command that has one', () => {
  expect(parseArguments(['servers', 'update', 'lab', '--version', '1.0.53'])).toMatchObject({
    kind: 'command',
    call: { rest: ['lab'], options: { version: '1.0.53' } },
  });
});

it.each([
  [['help', 'destory'], /Unknown command "destory"/],
  [['nothing', '--help'], /Unknown command "nothing"/],
  [['help', 'servers', 'destory'], /Unknown command "servers destory"/],
  [['token', '/tmp', '--help'], /Unknown command "token \/tmp"/],
])('help of a command that is none is refused: %j', (args, message) => {
  expect(() => parseArguments(args)).toThrow(message);
});

it.each([
  [['help', 'servers', 'destroy']],
  [['help', 'servers']],
  [['servers', 'destroy', 'lab', '--help']],
  [['--log', 'file', '--help']],
  [['servers', '--account', 'work', '--help']],
])('help of a command that is there is printed: %j', (args) => {
  expect(parseArguments(args).kind).toBe('help');
});

it.each([['--version'], ['-V'], ['servers', '--version']])('%s prints the program’s', (...args) => {
  expect(parseArguments(args).kind).toBe('version');
});
