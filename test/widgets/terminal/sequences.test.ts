import { expect, it } from 'vitest';
import type { Capabilities } from '../../../src/core/capabilities.js';
import { notificationSequence, titleSequence } from '../../../src/widgets/terminal/sequences.js';

const ASCII = { titles: true, ascii: true, multiplexer: undefined } as Capabilities;
const UNICODE = { ...ASCII, ascii: false };

it('names the window in the characters of the terminal', () => {
  expect(titleSequence('ready · lab', true, UNICODE)).toBe('\x1b[22;2t\x1b]2;ready · lab\x07');
  expect(titleSequence('ready · lab', false, ASCII)).toBe('\x1b]2;ready - lab\x07');
  expect(titleSequence('ready', true, { ...ASCII, titles: false })).toBe('');
});

it('notifies in the characters of the terminal', () => {
  expect(notificationSequence('東 is up…', ASCII)).toBe('\x1b]9;?? is up~\x07');
  expect(notificationSequence('東 is up…', UNICODE)).toBe('\x1b]9;東 is up…\x07');
});
