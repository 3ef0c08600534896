import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aPerson } from './person.js';

/** Writes what Node.js and a careless library would, a second after the start. */
const NOISE = `
setTimeout(() => {
  process.emitWarning('an old API', 'DeprecationWarning');
  process.stderr.write('said on standard error\\n');
  console.log('said on standard output');
}, 3000);
`;

it('keeps warnings out of the screen and in the activity log', async () => {
  const person = await aPerson();
  const noise = join(person.home.path, 'noise.cjs');
  writeFileSync(noise, NOISE);
  await person.home.hasServers('lab');
  person.opensTerminalWith([
    '/bin/sh',
    '-c',
    `NODE_TLS_REJECT_UNAUTHORIZED=0 exec "$0" --require '${noise}' "$1" --sandbox`,
    process.execPath,
    (await import('./home.js')).MAIN,
  ]);
  await person.sees(/lab +ACTIVE +online/, '? help');
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await person.terminal.waitForQuiet();
  expect(person.terminal.output).not.toContain('(Use `node --trace-');
  const lines = await person.terminal.lines();
  expect(lines[1]).toMatch(/^┌ Servers ─+┐$/);
  person.presses('L');
  await person.sees('an old API', 'said on standard error', 'said on standard output');
  person.presses('escape');
  await person.seesNoMore('an old API');
  person.presses('q');
  await person.isBack();
});
