import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const BLESSED = resolve(import.meta.dirname, '../node_modules/blessed');
/** Files of blessed that use capabilities of the terminal. */
const TERMINAL_USERS = ['program.js', 'widgets/screen.js', 'widgets/element.js', 'widgets/node.js'];
/**
 * Stands for blessed's reader of terminfo: xterm-256color as blessed describes it, the one terminal that is asked for, read
 * and compiled by the build. Names that blessed does not mention are left out.
 */
export function knownTerminal() {
  const Tput = createRequire(import.meta.url)('blessed/lib/tput.js');
  const terminfoFile = join(BLESSED, 'usr/xterm-256color');
  const tput = new Tput({ terminal: 'xterm-256color', terminfoFile, forceUnicode: true });
  if (tput.error) throw tput.error;
  const users = TERMINAL_USERS.map((path) => readFileSync(join(BLESSED, 'lib', path), 'utf8'));
  const words = new Set(users.join(' ').match(/\w+/g));
  const named = (found) => Object.entries(found).filter(([name]) => words.has(name));
  const known = Object.fromEntries(
    ['bools', 'numbers', 'strings'].map((type) => [type, Object.fromEntries(named(tput[type]))]),
  );
  const facts = named(tput.methods).filter(([, value]) => typeof value !== 'function');
  const { terminal, error, features, utoa } = tput;
  const fields = { terminal, error, ...known, ...Object.fromEntries(facts), ...features, utoa };
  // createBlessedScreen's NCURSES_NO_UTF8_ACS.
  Object.assign(fields, { padding: false, brokenACS: true });
  const has = [...words].filter((name) => tput.has(name));
  return `const FIELDS = ${JSON.stringify(fields)};
const HAS = ${JSON.stringify(has)};
const CAPABILITIES = {
${named(tput.methods)
  .filter(([, value]) => typeof value === 'function')
  .map(([name, value]) => `${name}: ${sourceOf(value)},\n`)
  .join('')}};
module.exports = function Tput() {
  Object.assign(this, FIELDS);
  for (const name of Object.keys(CAPABILITIES)) this[name] = (...args) => CAPABILITIES[name](args);
  this.has = (name) => HAS.includes(name);
};`;
}
/** Octal numbers are not for strict code. */
function sourceOf(capability) {
  const source = capability.toString().replaceAll('0200', '0x80');
  if (source.includes('[native code]'))
    throw new Error('blessed compiles terminfo in another way now.');
  return source.replace('function anonymous', 'function');
}
