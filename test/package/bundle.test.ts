import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { MAIN } from '../journeys/home.js';

it('has no call that Node.js warns of on the screen', () => {
  const dist = dirname(MAIN);
  const files = readdirSync(dist).filter((name) => name.endsWith('.js'));
  expect(files).toContain('frame.js');
  const warned = files.filter((name) =>
    /new Buffer\(/.test(readFileSync(join(dist, name), 'utf8')),
  );
  expect(warned).toEqual([]);
});

it('has ASCII alone: Node.js keeps such a file in half of the memory', () => {
  const dist = dirname(MAIN);
  const files = readdirSync(dist).filter((name) => name.endsWith('.js'));
  const others = files.filter((name) => /[^\0-\x7f]/.test(readFileSync(join(dist, name), 'utf8')));
  expect(others).toEqual([]);
});
