/**
 * Prints the figures of the structure that are held, and fails where one is over its limit:
 * lines and files of src, the longest chain of imports, cycles. Run with: npm run check:structure
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const SRC = join(ROOT, 'src');
/** Set from the tree. They go down; only new abilities may raise those of files and lines. */
const LIMITS = { valueCycles: 0, typeCycles: 0, chain: 21, files: 714, lines: 82_300 };

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => join(SRC, path));
const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
const graph = new Map(files.map((file) => [file, importsOf(file)]));

const figures = {
  lines: sum(files.map(linesOf)),
  files: files.length,
  chain: longestChain(),
  valueCycles: countCycles((edge) => !edge.typeOnly),
  typeCycles: countCycles(() => true),
};
const rooms = new Map();
for (const file of files) {
  const [room] = relative(SRC, file).split('/');
  const of = rooms.get(room) ?? { files: 0, lines: 0 };
  rooms.set(room, { files: of.files + 1, lines: of.lines + linesOf(file) });
}
for (const [room, { files: count, lines }] of [...rooms].sort(([one], [other]) =>
  one.localeCompare(other),
)) {
  console.log(
    `${room.padEnd(12)} ${String(count).padStart(4)} files ${String(lines).padStart(6)} lines`,
  );
}
let failed = 0;
for (const [name, value] of Object.entries(figures)) {
  const isOver = value > LIMITS[name];
  failed += Number(isOver);
  console.log(
    `${name.padEnd(12)} ${String(value).padStart(6)} of at most ${LIMITS[name]}${isOver ? '  OVER' : ''}`,
  );
}
process.exitCode = failed === 0 ? 0 : 1;

function importsOf(file) {
  const text = texts.get(file);
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s)?([^;'"]*?)from\s+'(\.[^']+)'/g,
  );
  return [...found]
    .map(([, type, names, specifier]) => ({
      target: resolve(dirname(file), specifier).replace(/\.js$/, '.ts'),
      typeOnly: type !== undefined || isOnlyTypes(names),
    }))
    .filter(({ target }) => texts.has(target));
}

/** `{ type A, type B }` */
function isOnlyTypes(names) {
  const inner = /^\{([^}]*)\}\s*$/.exec(names.trim())?.[1];
  if (inner === undefined) return false;
  const parts = inner
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return parts.length > 0 && parts.every((part) => part.startsWith('type '));
}

function linesOf(file) {
  return texts.get(file).split('\n').length - 1;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Files in the longest chain of static value imports. */
function longestChain() {
  const depth = new Map();
  const of = (file, path) => {
    if (depth.has(file)) return depth.get(file);
    if (path.has(file)) return 0;
    path.add(file);
    const below = graph.get(file).filter(({ typeOnly }) => !typeOnly);
    const value = 1 + Math.max(0, ...below.map(({ target }) => of(target, path)));
    path.delete(file);
    depth.set(file, value);
    return value;
  };
  return Math.max(...files.map((file) => of(file, new Set())));
}

/** Counts the strongly connected groups of more than one file (Tarjan), and names their files. */
function countCycles(counts) {
  const index = new Map();
  const low = new Map();
  const onStack = new Set();
  const stack = [];
  let next = 0;
  let groups = 0;
  const visit = (file) => {
    index.set(file, next);
    low.set(file, next++);
    stack.push(file);
    onStack.add(file);
    for (const { target } of graph.get(file).filter(counts)) {
      if (!index.has(target)) {
        visit(target);
        low.set(file, Math.min(low.get(file), low.get(target)));
      } else if (onStack.has(target)) low.set(file, Math.min(low.get(file), index.get(target)));
    }
    if (low.get(file) !== index.get(file)) return;
    const members = stack.splice(stack.indexOf(file));
    for (const member of members) onStack.delete(member);
    if (members.length === 1) return;
    groups += 1;
    console.log(`cycle: ${members.map((member) => relative(SRC, member)).join(', ')}`);
  };
  for (const file of files) if (!index.has(file)) visit(file);
  return groups;
}
