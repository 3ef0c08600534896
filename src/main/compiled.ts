import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import { IS_BUILT, ownFile } from '../services/process/own-file.js';
import { likelyProgramFolder } from '../services/process/surroundings.js';
import { markOf, readRecord } from './own-cache.js';

/** In the cache of the home folder. Code that is taken from there runs with the rights of this program. */
export const CODE_FILE = 'frame.code';
/** Wrapper that Node.js puts around a CommonJS module. */
const HEAD = '(function (exports, require, module, __filename, __dirname) { ';
const TAIL = '\n});';

/** A file of the program that was run, and V8's code of it. */
export interface Compiled {
  readonly script: Script;
  /** Key of Node.js, processor and file: code of any other key is never run. */
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

/** True when there is nothing to keep for the next start. */
export function isFrameKept(): boolean {
  return frame?.isKept ?? true;
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
  const key = JSON.stringify([
    process.version,
    process.arch,
    process.versions.v8,
    path,
    markOf(path),
  ]);
  const cachedData = readRecord(home, CODE_FILE, (head) => head['key'] === key)?.body;
  const script = new Script(wrapped(path), {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const isKept = cachedData !== undefined && script.cachedDataRejected === false;
  return { script, key, home, isKept };
}

/** In one piece: a text that is put together later is kept twice. The bundle is ASCII, which this keeps as it is. */
function wrapped(path: string): string {
  const file = openSync(path, 'r');
  try {
    const text = Buffer.allocUnsafe(HEAD.length + fstatSync(file).size + TAIL.length);
    let end = text.write(HEAD);
    for (let read = -1; read !== 0; end += read)
      read = readSync(file, text, end, text.length - TAIL.length - end, null);
    end += text.write(TAIL, end);
    return text.toString('latin1', 0, end);
  } finally {
    closeSync(file);
  }
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
