// Makes dist/, what ships, of build/, what tsc made of src/: a few CommonJS files, which Node.js loads in a fifth of
// the time of 700 modules. Nothing is minified: who trusts a program with their token may read it.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { manPage } from './man.mjs';
import { completionTable } from './records.mjs';
import { knownTerminal } from './terminal.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const BUILT = join(ROOT, 'build');
const DIST = join(ROOT, 'dist');

/** Programs that Node.js starts by their path. */
const ENTRIES = {
  main: join(BUILT, 'main.js'),
  'keytar-child': join(BUILT, 'services/keystore/keytar-child.js'),
};
const modules = (folder, isTaken) =>
  readdirSync(join(ROOT, 'src', folder), { recursive: true })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && isTaken(path))
    .map((path) => join(folder, path.replace(/ts$/, 'js')));
/** Folders of what runs for a key, a panel's answer or an operation, and the modules there that draw the first frame. */
const LATER = {
  'app/actions':
    /^(?:change-servers|context|credentials|look-at|messages|navigation|operations|provisioning|run|server-page|servers|set-up|sort-list|vault-passphrase|wizard)\.ts$/,
  sandbox: /^folder\.ts$/,
  'services/digitalocean': /^(?:api-url|scopes)\.ts$/,
  'services/dns': /^$/,
  'services/installer': /^installer-source\.ts$/,
  'services/keychain': /^$/,
  'services/keystore':
    /^(?:choose-keystore|keytar-process|os-keystore|passphrase-source|vault-files|vault-keystore)\.ts$/,
  'services/latency': /^world-positions\.ts$/,
  'services/network': /^$/,
  'services/panel': /^identity\.ts$/,
  'services/pkcs12': /^$/,
  'services/ssh': /^$/,
  'services/transfer': /^$/,
  usecases: /^stores\.ts$/,
  words: /^(?:dns|formats|keys|servers)\.ts$/,
};
/**
 * Files by what is in them: all that these modules import without `import()` and that is in no file before. What the first
 * frame does without comes last, so the frame has what is its own, and not what is of those alone.
 */
const FILES = {
  quick: ['cli/quick.js'],
  start: ['main/first-picture.js', 'main/compiled.js'],
  frame: ['cli/run.js', 'main/world.js', 'main/full-screen.js', 'cli/stores.js'],
  later: Object.entries(LATER).flatMap(([folder, first]) =>
    modules(folder, (path) => !first.test(path)),
  ),
  screens: modules(
    'screens',
    (path) => /\.screen\.ts$|^overlays\//.test(path) && !path.startsWith('servers/'),
  ),
};
/** Helpers of the bundler, which every file uses. */
const RUNTIME = '\0rolldown/runtime.js';
/** Loaded with the first call into them. */
const LATE_FILES = ['later', 'screens'];
/** Native code, and helpers that its users do without. */
const EXTERNAL = ['keytar', 'cpu-features', 'bufferutil', 'utf-8-validate', /\.node$/];

/** What blessed-contrib takes of blessed, which requires its widgets by names that are put together. */
const WIDGETS = `
exports.Node = require('./widgets/node');
exports.Screen = require('./widgets/screen');
exports.Element = require('./widgets/element');
exports.Box = require('./widgets/box');
`;

/** In the place of Node's, which takes longer to load than these checks are worth. */
const ASSERT = `(() => {
  const ok = (is) => { if (!is) throw new Error('blessed met something that it does not know.'); };
  return Object.assign(ok, { ok, equal: (one, other) => ok(one == other) });
})()`;
/** Loads it with the first call, which is never made: blessed would ask tmux and infocmp. */
const CHILD_PROCESS = `{
  get execFileSync() { return require('child_process').execFileSync; },
  get spawn() { return require('child_process').spawn; },
}`;
/** Makes blessed's tables of characters with the first use: cells are written without them. */
function lateUnicode(code) {
  // All of blessed, for the width of a tab, which never comes here.
  const body = code.replace("require('../')", '{}');
  const names = new Set(Array.from(body.matchAll(/^exports\.(\w+) =/gm), ([, name]) => name));
  return `const load = () => {
const exports = {};
${body}
return exports;
};
let made;
for (const name of ${JSON.stringify([...names])})
  Object.defineProperty(exports, name, { get: () => (made ??= load())[name] });`;
}

/** Has the build look for the nearest of 16 colours of each of the 256. */
function reducedColours(code) {
  const { ccolors } = createRequire(import.meta.url)('blessed/lib/colors.js');
  const nearest = Array.from({ length: 256 }, (_, colour) => ccolors[colour]);
  const reduced = code.replace('cols.map(exports.match)', JSON.stringify(nearest));
  if (reduced === code) throw new Error('blessed reduces colours in another way now.');
  return reduced;
}

/** Looks for wide characters in content where there is any: cells are written without it. */
function quickContent(code) {
  const mended = code.replace(
    'if (this.screen.fullUnicode) {',
    (found) => `if (content === '') {\n    } else ${found}`,
  );
  if (mended === code) throw new Error('blessed takes content in another way now.');
  return mended;
}

const BLESSED = join(ROOT, 'node_modules/blessed/lib');
/** What may call a method of blessed. */
const CALLERS = [
  ...['events', 'helpers', 'keys', 'program', 'widgets/box', 'widgets/element', 'widgets/node']
    .concat('widgets/screen', 'widgets/scrollablebox')
    .map((name) => join(BLESSED, `${name}.js`)),
  ...modules('widgets', () => true).map((path) => join(BUILT, path)),
  ...['canvas', 'map'].map((name) =>
    join(ROOT, `node_modules/blessed-contrib/lib/widget/${name}.js`),
  ),
];
const METHOD = /^(?:(?:Element|Program|Screen)\.prototype\.\w+ *=\s*)+function[^]*?^};\n/gm;
/** Methods of blessed that nothing names but they themselves and each other: most of its sequences. */
const unusedMethods = new Set();
function findUnused() {
  let text = '';
  for (const path of CALLERS)
    text += readFileSync(path, 'utf8').replace(METHOD, (method) => {
      unusedMethods.add(method);
      return '';
    });
  for (let used = [text]; used.length > 0;) {
    const words = new Set(used.join('\n').match(/\w+/g));
    used = [];
    for (const method of unusedMethods) {
      const [names] = method.split('function', 1);
      if (![...names.matchAll(/(\w+) *=/g)].some(([, name]) => words.has(name))) continue;
      unusedMethods.delete(method);
      used.push(method.slice(names.length));
    }
  }
}

/** Old packages: escapes that strict code refuses, calls that Node.js warns of, files looked for beside the package. */
const oldPackages = {
  name: 'old-packages',
  buildStart: findUnused,
  transform(original, id) {
    const code = original.replace(METHOD, (method) => (unusedMethods.has(method) ? '' : method));
    if (id.endsWith('blessed/lib/widget.js')) return WIDGETS;
    if (id.endsWith('blessed/lib/tput.js')) return knownTerminal();
    if (id.endsWith('blessed/lib/unicode.js')) return lateUnicode(code);
    if (id.endsWith('blessed/lib/colors.js')) return reducedColours(code);
    // Sizes only. Node.js warns of it everywhere but in node_modules, onto the screen.
    const mended = code.replaceAll('\\033', '\\x1b').replaceAll('new Buffer(', 'Buffer.alloc(');
    if (!id.includes('/node_modules/blessed/')) return mended;
    return (id.endsWith('/lib/widgets/element.js') ? quickContent(mended) : mended)
      .replace("require('assert')", () => ASSERT)
      .replace("cp = require('child_process')", () => `cp = ${CHILD_PROCESS}`);
  },
};

/** File of each module that has one, by its id. */
const fileOf = new Map();
const findFiles = {
  name: 'find-files',
  buildEnd() {
    const paths = (file) => FILES[file].map((path) => join(BUILT, path));
    const late = new Set(LATE_FILES.flatMap(paths));
    /** Late modules that others import without `import()`. */
    const met = new Set();
    for (const file of Object.keys(FILES)) {
      const isLate = LATE_FILES.includes(file);
      const wanted = paths(file).filter((id) => !isLate || met.has(id));
      for (let id = wanted.pop(); id !== undefined; id = wanted.pop()) {
        if (!isLate && late.has(id)) met.add(id);
        else if (!fileOf.has(id)) {
          fileOf.set(id, file);
          wanted.push(...(this.getModuleInfo(id)?.importedIds ?? []));
        }
      }
    }
  },
};

const LATE =
  /^(?:let|const) (node_\w+|require_(?:later|screens)[\w$]*) = require\("(node:[^"]+|\.\/(?:later|screens)\.js)"\);\n/gm;
/**
 * Has the first files load a module of Node.js, and the files that come later, with the first call into it: `node:https` alone takes
 * longer than a frame to draw. A name that is used in any other way than to reach into its module stays as it is.
 */
const lateModules = {
  name: 'late-modules',
  renderChunk(code, { name: file }) {
    if (!['quick', 'start', 'frame', 'later'].includes(file)) return undefined;
    let late = code;
    for (const [line, name, id] of code.matchAll(LATE)) {
      const escaped = name.replaceAll('$', '\\$');
      const uses = late.match(new RegExp(`\\b${escaped}(?![\\w$])`, 'g')).length;
      const reach = new RegExp(`\\b${escaped}\\.`, 'g');
      if (uses - 1 !== (late.match(reach)?.length ?? 0)) continue;
      const loader = `let ${name} = () => {\n\tconst found = require("${id}");\n\t${name} = () => found;\n\treturn found;\n};\n`;
      late = late.replace(line, () => loader).replaceAll(reach, () => `(${name}()).`);
    }
    return late;
  },
};

const EXPORT =
  /^Object\.defineProperty\(exports, "(\w+)", \{\n\tenumerable: true,\n\tget: function\(\) \{\n\t\treturn ([\w$]+);\n\t\}\n\}\);\n/gm;
/** Exports the end of a file sets anyway as values, where they never change: a function for each takes time at each start. */
const plainExports = {
  name: 'plain-exports',
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      const values = [];
      const code = file.code.replace(EXPORT, (getter, name, value) => {
        const escaped = value.replaceAll('$', '\\$');
        const isFixed = new RegExp(
          `^(?:const ${escaped} =|var ${escaped} = class |(?:async )?function\\*? ?${escaped}\\()`,
          'm',
        );
        if (!isFixed.test(file.code)) return getter;
        values.push(`\t${name}: ${value},\n`);
        return '';
      });
      if (values.length > 0) file.code = `${code}Object.assign(exports, {\n${values.join('')}});\n`;
    }
  },
};

/** Has no sign beyond ASCII: one such sign makes Node.js keep a file in two bytes a character. */
const asciiOnly = {
  name: 'ascii-only',
  generateBundle(_, files) {
    for (const file of Object.values(files))
      file.code = file.code.replace(
        /[^\0-\x7f]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
  },
};

const RUNTIME_FILE = 'rolldown-runtime.js';
/** Has the first files carry the helpers of the bundler: one more file takes longer to find than to run. */
const ownRuntime = {
  name: 'own-runtime',
  generateBundle(_, files) {
    const runtime = files[RUNTIME_FILE].code;
    for (const name of ['quick', 'start', 'frame'])
      files[`${name}.js`].code = files[`${name}.js`].code.replace(
        `require("./${RUNTIME_FILE}")`,
        () => `(() => {\nconst exports = {};\n${runtime}\nreturn exports;\n})()`,
      );
  },
};

const bundle = await rolldown({
  input: ENTRIES,
  cwd: ROOT,
  platform: 'node',
  external: EXTERNAL,
  plugins: [oldPackages, findFiles, lateModules, plainExports, ownRuntime, asciiOnly],
  onLog(_, log) {
    if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
  },
});
const { output } = await bundle.write({
  dir: DIST,
  format: 'cjs',
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: Object.keys(FILES).map((name) => ({
      name,
      test: (id) => (id === RUNTIME ? 'quick' : fileOf.get(id)) === name,
    })),
  },
});

writeFileSync(join(DIST, 'THIRD-PARTY-NOTICES.txt'), notices());
const made = new Set([
  ...output.map(({ fileName }) => fileName),
  'package.json',
  'help.txt',
  'completion',
  'completion.json',
  'THIRD-PARTY-NOTICES.txt',
]);
for (const name of readdirSync(DIST))
  if (!made.has(name)) rmSync(join(DIST, name), { recursive: true });
writeFileSync(join(DIST, 'package.json'), '{ "type": "commonjs" }\n');
chmodSync(join(DIST, 'main.js'), 0o755);
cpSync(join(ROOT, 'src/cli/completion'), join(DIST, 'completion'), { recursive: true });
writeFileSync(join(DIST, 'completion.json'), JSON.stringify(completionTable()));
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
mkdirSync(join(ROOT, 'man'), { recursive: true });
writeFileSync(join(ROOT, 'man/portlama-tui.1'), manPage(version));
rmSync(join(DIST, 'help.txt'), { force: true });
const help = execFileSync(process.execPath, [join(DIST, 'main.js'), '--help']);
writeFileSync(join(DIST, 'help.txt'), help);

/** Names, licences and licence texts of all packages that are in the bundle. */
function notices() {
  const folders = new Set(
    output.flatMap(({ moduleIds = [] }) =>
      moduleIds.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []),
    ),
  );
  const parts = [...folders].map((folder) => {
    const { name, version, license, licenses, author } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    const terms = license ?? licenses?.map(({ type }) => type).join(' OR ');
    if (terms === undefined) throw new Error(`${name} names no licence, and cannot be bundled.`);
    const by = typeof author === 'string' ? author : author?.name;
    const file = readdirSync(folder).find((entry) => /^(?:licen[cs]e|copying)/i.test(entry));
    const text =
      file === undefined ? `By ${by ?? 'its authors'}.` : readFileSync(join(folder, file), 'utf8');
    return `${name} ${version}\nLicence: ${terms}\n\n${text.trim()}\n`;
  });
  return parts.sort().join(`\n${'-'.repeat(78)}\n\n`);
}
