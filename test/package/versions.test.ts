import { describe, it } from 'vitest';
import { fetchNode } from '../fixtures/other-node.js';
import { Installed, tryOut } from './installed.js';

const VERSIONS = [22, 24, 26];
const LIMIT_MS = 300_000;

describe.each(VERSIONS)('Node.js %i', (version) => {
  it('runs the installed package', { timeout: LIMIT_MS }, async (context) => {
    const node = fetchNode(version);
    if ('missing' in node) context.skip(node.missing);
    else await tryOut(await Installed.make(node.path));
  });
});
