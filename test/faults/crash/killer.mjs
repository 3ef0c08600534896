/**
 * Loaded into a worker with --import: ends the process by SIGKILL at one record of its journal.
 * CRASH_AT is `<number of the record, from 1> <before|torn|after>`, or in place of the number a text without blanks: the
 * first record that has it.
 */
import { open } from 'node:fs/promises';

const [place, moment] = (process.env['CRASH_AT'] ?? '').split(' ');
const file = await open('/dev/null');
const prototype = Object.getPrototypeOf(file);
await file.close();
const append = prototype.appendFile;
let records = 0;

const die = () => process.kill(process.pid, 'SIGKILL');

prototype.appendFile = async function appendFile(text, ...rest) {
  records += 1;
  const isThere = /^\d+$/.test(place) ? records === Number(place) : String(text).includes(place);
  if (!isThere) return await append.call(this, text, ...rest);
  if (moment === 'before') die();
  if (moment === 'torn') text = text.slice(0, Math.ceil(text.length / 2));
  await append.call(this, text, ...rest);
  return die();
};
