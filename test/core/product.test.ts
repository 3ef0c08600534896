import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dropletName } from '../../src/core/product.js';

const SRC = resolve(import.meta.dirname, '../../src');
const PRODUCT_FILE = join('core', 'product.ts');
/** Speaks before it imports anything. */
const ENTRY = 'main.ts';

/** Portlama in a sentence is capitalised; `install_portlama` is the identifier of a step, in every journal. */
const NAMES = [/(?<!install_)portlama/, /PORTLAMA_/, /lamalibre/, /\b9292\b/, /\b3100\b/];
const COMMENT = /^\s*(?:\/\/|\/\*|\*)/;
/** The path of a file of ours. */
const MODULE = /(?:from|import\()\s*'\.[^']*'/g;

function namesIn(path: string): string[] {
  return readFileSync(join(SRC, path), 'utf8')
    .split('\n')
    .map((line, index) => ({ line: line.replaceAll(MODULE, ''), at: `${path}:${index + 1}` }))
    .filter(({ line }) => !COMMENT.test(line) && NAMES.some((name) => name.test(line)))
    .map(({ line, at }) => `${at}: ${line.trim()}`);
}

describe('names of the product', () => {
  it('stand in one file only', () => {
    const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ts'),
    );
    expect(files).toContain(PRODUCT_FILE);
    expect(namesIn(PRODUCT_FILE)).not.toEqual([]);
    const others = files.filter((path) => path !== PRODUCT_FILE && path !== ENTRY);
    expect(others.flatMap(namesIn)).toEqual([]);
  });
});

describe('the droplet name', () => {
  it.each([
    ['edge', 'portlama-edge'],
    ['portlama-fra1', 'portlama-fra1'],
    ['x'.repeat(64), `portlama-${'x'.repeat(54)}`],
    [`${'x'.repeat(53)}-y`, `portlama-${'x'.repeat(53)}`],
  ])('of %s is %s', (label, name) => {
    expect(dropletName(label)).toBe(name);
  });
});
