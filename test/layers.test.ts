import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The layer table of the architecture: what the files of a folder may import, by value. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  services: ['services', 'core'],
  words: ['words', 'core'],
  usecases: ['usecases', 'words', 'core', 'services'],
  app: ['app', 'usecases', 'words', 'core', 'services'],
  widgets: ['widgets', 'core'],
  screens: ['screens', 'app', 'usecases', 'words', 'widgets', 'core'],
  sandbox: ['sandbox', 'words', 'core', 'services'],
  cli: ['cli', 'main', 'usecases', 'words', 'core', 'services'],
};
/** May import services by type only. */
const TYPES_OF_SERVICES = ['screens', 'words'];
const IO_MODULES =
  /^(node:(fs|net|tls|http|https|child_process|os|dgram|dns|readline)|got|ssh2|keytar)/;
const BLESSED = /^blessed(-contrib)?(\/|$)/;

/** Where a start begins; all that these import without `import()` is loaded before anything is shown. */
const START = ['cli/run.ts', 'main/full-screen.ts', 'main/services.ts'];
/** "Loaded late" in docs/dependencies.md; `blessed-contrib` is required inside a function. */
const LATE = new Set([
  'got',
  'ssh2',
  'zod',
  'node-forge',
  'age-encryption',
  'keytar',
  'ws',
  'qr',
  'prom-client',
  'smol-toml',
]);

const SRC = resolve(import.meta.dirname, '../src');
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, imports: importsOf(join(SRC, path)) }));

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** `import('…')`: evaluated when it is called, so it takes no part in the order in which modules load. */
  readonly isLate: boolean;
  /** Path below src of one of ours; undefined for a package. */
  readonly target: string | undefined;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(/(?:^|\n)\s*(import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'/g);
  const dynamic = text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g);
  const all = [
    ...[...statements].map((match) => ({
      specifier: match[3]!,
      typeOnly: match[2] !== undefined,
      isLate: false,
    })),
    ...[...text.matchAll(/(?:^|\n)\s*import\s+'([^']+)'/g)].map((match) => ({
      specifier: match[1]!,
      typeOnly: false,
      isLate: false,
    })),
    ...[...dynamic].map((match) => ({ specifier: match[1]!, typeOnly: false, isLate: true })),
  ];
  return all.map((entry) => ({
    ...entry,
    target: entry.specifier.startsWith('.')
      ? relative(SRC, resolve(dirname(file), entry.specifier)).replace(/\.js$/, '.ts')
      : undefined,
  }));
}

function folderOf(path: string): string {
  return path.includes(sep) ? path.slice(0, path.indexOf(sep)) : 'main';
}

/** `provisioning` for `screens/provisioning/x.ts`. */
function screenOf(path: string): string | undefined {
  const [folder, screen, rest] = path.split(sep);
  return folder === 'screens' && rest !== undefined ? screen : undefined;
}

describe('layers', () => {
  it('finds the sources it judges', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(10);
  });

  it('lets each folder import only what the table allows', () => {
    const wrong = files.flatMap(({ path, imports }) => {
      const allowed = MAY_IMPORT[folderOf(path)];
      if (allowed === undefined) return [];
      return imports
        .filter(({ target, typeOnly }) => {
          if (target === undefined) return false;
          const folder = folderOf(target);
          const typeOfService =
            folder === 'services' && typeOnly && TYPES_OF_SERVICES.includes(folderOf(path));
          return !allowed.includes(folder) && !typeOfService;
        })
        .map(({ specifier }) => `${path} imports ${specifier}`);
    });
    expect(wrong).toEqual([]);
  });

  it('keeps blessed in widgets and IO out of core, app, widgets and screens', () => {
    const wrong = files.flatMap(({ path, imports }) => {
      const folder = folderOf(path);
      return imports
        .filter(({ specifier, typeOnly }) => {
          if (BLESSED.test(specifier)) return folder !== 'widgets';
          return (
            !typeOnly &&
            IO_MODULES.test(specifier) &&
            ['core', 'words', 'usecases', 'app', 'screens'].includes(folder)
          );
        })
        .map(({ specifier }) => `${path} imports ${specifier}`);
    });
    expect(wrong).toEqual([]);
  });

  it('loads heavy packages late: none is needed before the first frame or a plain list', () => {
    const byPath = new Map(files.map((file) => [file.path, file]));
    // main.ts imports the command line late, and that the full screen and the sandbox's client.
    const reached = new Map<string, string>(START.map((path) => [path, path]));
    for (const [path, way] of reached) {
      for (const { target, typeOnly, isLate } of byPath.get(path)?.imports ?? []) {
        if (target === undefined || typeOnly || isLate || reached.has(target)) continue;
        reached.set(target, `${way} → ${target}`);
      }
    }
    const wrong = [...reached].flatMap(([path, way]) =>
      byPath
        .get(path)!
        .imports.filter(
          ({ specifier, typeOnly, isLate }) => !typeOnly && !isLate && LATE.has(specifier),
        )
        .map(({ specifier }) => `${way} → ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps screens apart, the shell excepted', () => {
    const wrong = files.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => {
          const [from, to] = [screenOf(path), target === undefined ? undefined : screenOf(target)];
          return (
            from !== undefined && to !== undefined && from !== to && ![from, to].includes('shell')
          );
        })
        .map(({ specifier }) => `${path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has no cycles', () => {
    const edges = new Map(
      files.map(({ path, imports }) => [
        path,
        imports.flatMap(({ target, typeOnly, isLate }) =>
          target !== undefined && !typeOnly && !isLate ? [target] : [],
        ),
      ]),
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path))
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      if (done.has(path) || trail.includes(path)) return;
      for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of edges.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });
});
