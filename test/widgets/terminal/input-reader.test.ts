import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { InputReader, type TerminalInput } from '../../../src/widgets/terminal/input-reader.js';

class Keyboard extends PassThrough implements TerminalInput {
  readonly isTTY = true;
  raw = false;
  setRawMode(raw: boolean): void {
    this.raw = raw;
  }
}

function next<T>(subscribe: (listener: (value: T) => void) => unknown): Promise<T> {
  return new Promise((resolve) => subscribe(resolve));
}

it('tells Esc from the beginning of a sequence by waiting', async () => {
  const keyboard = new Keyboard();
  const reader = new InputReader(keyboard);
  const keys: string[] = [];
  reader.onKey((key) => keys.push(key));
  reader.start();
  keyboard.write('\x1b');
  await next(reader.onKey);
  keyboard.write('\x1b');
  await new Promise((resolve) => setImmediate(resolve));
  keyboard.write('[A');
  expect(keys).toEqual(['escape', 'up']);
  reader.dispose();
});

it.each(['[?62;22c', ']11;rgb:0000/0000/0000\x07', '[I', '[O'])(
  'makes no key of an answer that a slow line cuts after ESC: %j',
  async (rest) => {
    const keyboard = new Keyboard();
    const reader = new InputReader(keyboard);
    const keys: string[] = [];
    reader.onKey((key) => keys.push(key));
    reader.start();
    keyboard.write('\x1b');
    await new Promise((resolve) => setTimeout(resolve, 80));
    keyboard.write(rest);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(keys).toEqual([]);
    reader.dispose();
  },
);

it('does not take a key for Esc because the program was busy', async () => {
  const keyboard = new Keyboard();
  const reader = new InputReader(keyboard);
  reader.start();
  const key = next(reader.onKey);
  keyboard.write('\x1b');
  await new Promise((resolve) => setImmediate(resolve));
  // The rest arrives while nothing is read, and the wait is over before it can be.
  const until = performance.now() + 80;
  while (performance.now() < until);
  keyboard.write('[B');
  expect(await key).toBe('down');
  reader.dispose();
});

it('is in raw mode and listening between start and stop only', () => {
  const keyboard = new Keyboard();
  const reader = new InputReader(keyboard);
  reader.start();
  reader.start();
  expect([keyboard.raw, keyboard.listenerCount('data')]).toEqual([true, 1]);
  reader.stop();
  reader.stop();
  expect([keyboard.raw, keyboard.listenerCount('data')]).toEqual([false, 0]);
});

it('hands out nothing after it was stopped by a key of the same packet', async () => {
  const keyboard = new Keyboard();
  const reader = new InputReader(keyboard);
  const keys: string[] = [];
  reader.onKey((key) => {
    keys.push(key);
    if (key === 'q') reader.stop();
  });
  reader.start();
  keyboard.write('aqb');
  await new Promise((resolve) => setImmediate(resolve));
  expect(keys).toEqual(['a', 'q']);
  reader.dispose();
});

it('keeps nobody waiting who types on after a paste without a pause', async () => {
  const keyboard = new Keyboard();
  const reader = new InputReader(keyboard);
  const heard: string[] = [];
  reader.onPaste((text) => heard.push(`paste ${text}`));
  reader.onKey((key) => heard.push(key));
  reader.start();
  keyboard.write('\x1b[200~dop_v1\x1b[201~');
  // A key that is held down.
  while (!heard.includes('backspace')) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    keyboard.write('\x7f');
  }
  expect(heard.slice(0, 2)).toEqual(['paste dop_v1', 'backspace']);
  reader.dispose();
});

it('takes for pasted what comes in pieces behind an end that the clipboard made up', async () => {
  const keyboard = new Keyboard();
  const reader = new InputReader(keyboard);
  const keys: string[] = [];
  const pastes: string[] = [];
  reader.onKey((key) => keys.push(key));
  reader.onPaste((text) => pastes.push(text));
  reader.start();
  keyboard.write('\x1b[200~token\x1b[201~');
  for (let piece = 0; piece < 6; piece += 1) {
    await new Promise((resolve) => setTimeout(resolve, 40));
    keyboard.write('d then y and enter\r');
  }
  keyboard.write('\x1b[201~');
  await new Promise((resolve) => setImmediate(resolve));
  expect(keys).toEqual([]);
  expect(pastes).toEqual(['token', 'd then y and enter\r'.repeat(6)]);
  reader.dispose();
});
