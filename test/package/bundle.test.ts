import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
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

it('has the packages that docs/dependencies.md names, and no others', () => {
  const notices = readFileSync(join(dirname(MAIN), 'THIRD-PARTY-NOTICES.txt'), 'utf8');
  const bundled = [...notices.matchAll(/^(\S+) (\d[\w.-]*)\nLicence: /gm)].map(
    ([, name, version]) => `\`${name}\` ${version}`,
  );
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/dependencies.md'), 'utf8');
  const [, named = ''] =
    /In the bundle are these \d+ packages[^:]*:\n\n(.+?)\.\n\n/s.exec(page) ?? [];
  expect(named.replaceAll(/\s+/g, ' ').split(', ')).toEqual(bundled);
  expect(page).toContain(`these ${bundled.length} packages`);
});
