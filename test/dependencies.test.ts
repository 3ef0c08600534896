import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
/** Without the blanks that line the tables up. */
const page = readFileSync(resolve(ROOT, 'docs/dependencies.md'), 'utf8').replaceAll(/ +/g, ' ');
const manifest = json('package.json') as Record<
  'dependencies' | 'devDependencies',
  Record<string, string>
>;
const locked = json('package-lock.json') as {
  packages: Record<
    string,
    { hasInstallScript?: boolean; version?: string; integrity?: string; dev?: boolean }
  >;
};

function json(name: string): unknown {
  return JSON.parse(readFileSync(resolve(ROOT, name), 'utf8'));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** As package.json says; the lock file leaves out the older forms. */
function licenceOf(path: string): string | undefined {
  const { license, licenses } = json(join(path, 'package.json')) as Record<string, unknown>;
  const named = license ?? licenses;
  return named === undefined ? undefined : JSON.stringify(named);
}

function section(title: string): string {
  const from = page.indexOf(`## ${title}`);
  expect(from, title).toBeGreaterThan(-1);
  const to = page.indexOf('\n## ', from + 1);
  return page.slice(from, to === -1 ? undefined : to);
}

describe('docs/dependencies.md', () => {
  it('has a row for every package that the program stands on, with its version', () => {
    const rows = section('At run time');
    for (const [name, version] of Object.entries(manifest.dependencies)) {
      const wanted = version.startsWith('npm:')
        ? `| \`${name}\` = \`${version.slice('npm:'.length).replace(/@([^@]+)$/, '` $1')} |`
        : `| \`${name}\` ${version} |`;
      expect(rows).toContain(wanted);
    }
  });

  it('names every development package', () => {
    const rows = section('For development only');
    const missing = Object.keys(manifest.devDependencies).filter(
      (name) => !rows.includes(`\`${name}\``),
    );
    expect(missing).toEqual([]);
  });

  it('names every install script there is, and no script is run', () => {
    const rows = section('Install scripts that exist, and are not run');
    const named = [...rows.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]);
    const found = Object.entries(locked.packages)
      .filter(([path, { hasInstallScript }]) => path !== '' && hasInstallScript)
      .map(([path]) => nameOf(path));
    expect(new Set(named)).toEqual(new Set(found));
    expect(named).toHaveLength(found.length);
    expect(readFileSync(resolve(ROOT, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
  });

  it('names every package that names no licence, and each of the others is one that we may take', () => {
    const ours = Object.entries(locked.packages).filter(([path, { dev }]) => path !== '' && !dev);
    const licences = ours.map(([path]) => [nameOf(path), licenceOf(path)] as const);
    const silent = licences.filter(([, licence]) => licence === undefined).map(([name]) => name);
    expect(silent.sort()).toEqual(['buffers', 'event-stream', 'png-js', 'term-canvas']);
    for (const name of silent) expect(section('At run time')).toContain(`\`${name}\``);
    const permissive = /MIT|ISC|BSD|Apache-2\.0|BlueOak-1\.0\.0|Unlicense|CC0/;
    const others = licences.filter(
      ([, licence]) => licence !== undefined && !permissive.test(licence),
    );
    expect(others).toEqual([]);
    expect(page).toContain(`${ours.length} with everything below them`);
  });

  it('is about packages with one exact version and a known content', () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(
      versions.filter((version) => !/^(npm:@?[\w./-]+@)?\d+\.\d+\.\d+$/.test(version)),
    ).toEqual([]);
    const loose = Object.entries(locked.packages).filter(
      ([path, { integrity }]) => path !== '' && !(integrity ?? '').startsWith('sha512-'),
    );
    expect(loose.map(([path]) => path)).toEqual([]);
  });
});
