import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const SERVICE = resolve(import.meta.dirname, '../../../src/services/digitalocean');

/** The packages that importing a file loads at once, type imports and `import()` left out. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return new Set();
  seen.add(file);
  const imports = readFileSync(file, 'utf8').matchAll(
    /(?:^|\n)(?:import|export)\s+(?!type\s)[^;]*?from\s+'([^']+)'/g,
  );
  return new Set(
    [...imports].flatMap(([, specifier = '']) =>
      specifier.startsWith('.')
        ? [...packagesOf(resolve(dirname(file), specifier.replace(/\.js$/, '.ts')), seen)]
        : [specifier],
    ),
  );
}

it('loads neither the HTTP library nor the schemas before the first call', () => {
  const files = ['client.ts', 'token-check.ts', 'api-error.ts', 'api-url.ts', 'token-format.ts'];
  for (const file of files) {
    const packages = packagesOf(join(SERVICE, file));
    expect(packages).not.toContain('got');
    expect(packages).not.toContain('zod');
  }
  expect(packagesOf(join(SERVICE, 'client.ts'))).toContain('ipaddr.js');
  expect(packagesOf(join(SERVICE, 'http.ts'))).toContain('got');
  expect(packagesOf(join(SERVICE, 'models.ts'))).toContain('zod');
});
