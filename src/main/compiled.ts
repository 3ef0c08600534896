import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  type Stats,
} from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { IS_BUILT, ownFile } from '../services/process/own-file.js';
import { likelyProgramFolder } from '../services/process/surroundings.js';

/** In the home folder, 0700. Code that is taken from there runs with the rights of this program. */
export const CACHE_FOLDER = 'cache';
/** Wrapper that Node.js puts around a CommonJS module. */
const [HEAD, TAIL] = Module.wrap('\0')
  .split('\0')
  .map((part) => Buffer.from(part)) as [Buffer, Buffer];
const CACHE_FILE = 'frame.code';
const MAX_BYTES = 16 * 1024 * 1024;
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;
const ROOT = 0;

/** A file of the program that was run, and V8's code of it. */
export interface Compiled {
  readonly script: Script;
  /** Key of Node.js, processor and text: code of any other key is never run. */
  readonly key: string;
  readonly home: string;
  /** The code was kept by an earlier start: there is nothing to keep. */
  readonly isKept: boolean;
}

let frame: Compiled | undefined;

/** Runs `frame.js` with the code that was kept of it, so that whoever imports it finds it loaded. */
export function compileFrame(argv: readonly string[]): void {
  if (!IS_BUILT) return;
  frame = runCompiled(ownFile('frame.js'), likelyProgramFolder(argv.includes('--sandbox')));
}

/** The code that this process runs from, once; undefined in the sources. */
export function takeFrame(): Compiled | undefined {
  const taken = frame;
  frame = undefined;
  return taken;
}

/**
 * Runs a CommonJS file as `require` would, with the code that an earlier start kept, which spares compiling it. Code that
 * is damaged, of another text or Node.js, or kept where others could have put it, is not used.
 */
export function runCompiled(path: string, home: string): Compiled {
  const compiled = compile(path, home);
  run(compiled.script, path);
  return compiled;
}

/** Returns before the script runs: text and code would stay in memory with the frame of a function that waits for it. */
function compile(path: string, home: string): Compiled {
  // One piece: a text that is put together later is kept twice.
  const text = Buffer.concat([HEAD, readFileSync(path), TAIL]);
  const key = [process.version, process.arch, process.versions.v8, text.length, crc32(text)].join(
    ' ',
  );
  const cachedData = readKept(home, key);
  // The bundle is ASCII, which this keeps as it is.
  const script = new Script(text.toString('latin1'), {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const isKept = cachedData !== undefined && script.cachedDataRejected === false;
  return { script, key, home, isKept };
}

/** Registers the module first: files that it loads may ask for it. */
function run(script: Script, path: string): void {
  const require = createRequire(path);
  const module = new Module(path);
  module.filename = path;
  require.cache[path] = module;
  try {
    const body = script.runInThisContext() as (...scope: readonly unknown[]) => void;
    body.call(module.exports, module.exports, require, module, path, dirname(path));
    module.loaded = true;
  } catch (error) {
    delete require.cache[path];
    throw error;
  }
}

/** `{"key":…,"crc32":…}`, a line end, and the code. The sum finds damage; who may write there is checked before. */
export function cacheRecord({ script, key }: Compiled): Buffer {
  const code = script.createCachedData();
  return Buffer.concat([Buffer.from(`${JSON.stringify({ key, crc32: crc32(code) })}\n`), code]);
}

function readKept(home: string, key: string): Buffer | undefined {
  try {
    const path = cacheIn(home);
    if (path === undefined) return undefined;
    const record = readOwn(path);
    const end = record.indexOf('\n');
    const head = JSON.parse(record.toString('utf8', 0, end)) as { key?: unknown; crc32?: unknown };
    const code = record.subarray(end + 1);
    return head.key === key && head.crc32 === crc32(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

function readOwn(path: string): Buffer {
  // O_NONBLOCK: a named pipe in the file's place must not hold the program up.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = openSync(path, flags);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || !isOurs(stats) || stats.size > MAX_BYTES) throw new Error('not ours');
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Real path of the home folder where nobody else can put another one in its place, else undefined. Stricter than
 * `requirePrivateHome`: where it is not certain the program starts without the cache.
 */
export function ownHome(home: string): string | undefined {
  const uid = process.getuid?.();
  if (uid === undefined || !isAbsolute(home)) return undefined;
  const folder = lstatSync(home);
  if (!folder.isDirectory() || folder.uid !== uid || othersWrite(folder)) return undefined;
  const real = realpathSync(home);
  for (let at = real; dirname(at) !== at;) {
    at = dirname(at);
    const above = lstatSync(at);
    const isSafe = [uid, ROOT].includes(above.uid) && (!othersWrite(above) || isSticky(above));
    if (!isSafe) return undefined;
  }
  return real;
}

/** The path of the cache in a home folder of ours; undefined where others could read, change or replace it. */
export function cacheIn(home: string): string | undefined {
  const own = ownHome(home);
  if (own === undefined) return undefined;
  const folder = join(own, CACHE_FOLDER);
  const stats = lstatSync(folder);
  return stats.isDirectory() && isOurs(stats) ? join(folder, CACHE_FILE) : undefined;
}

function othersWrite({ mode }: Stats): boolean {
  return (mode & OTHERS_WRITE) !== 0;
}

/** Only owners rename and remove entries of such a folder (/tmp). */
function isSticky({ mode }: Stats): boolean {
  return (mode & STICKY) !== 0;
}

function isOurs({ uid, mode }: Stats): boolean {
  return uid === process.getuid?.() && (mode & OTHERS) === 0;
}
