import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Browser, findBrowser } from '../../../src/services/browser/browser.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

/** A browser that writes its arguments down, a line each. */
async function writingBrowser(): Promise<{ browser: Browser; opened: () => Promise<string> }> {
  const folder = await temporaryFolder();
  const said = join(folder, 'said');
  const program = join(folder, 'opener');
  await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$@" >> '${said}'\n`, { mode: 0o700 });
  const browser = findBrowser({ DISPLAY: ':0' }, 'linux', [program]);
  return { browser: browser!, opened: () => readFile(said, 'utf8').catch(() => '') };
}

describe('the browser', () => {
  it('is started with the address as its only argument', async () => {
    const { browser, opened } = await writingBrowser();
    await browser.open('https://203.0.113.42:9292/?a=1&b=$(id)');
    await expect.poll(opened).toBe('https://203.0.113.42:9292/?a=1&b=$(id)\n');
  });

  it.each([
    'http://203.0.113.42:9292/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'vscode://x',
    '--help',
    '/etc/passwd',
    '',
  ])('is not started for %j', async (url) => {
    const { browser, opened } = await writingBrowser();
    await expect(browser.open(url)).rejects.toBeInstanceOf(TypeError);
    // What was started before is written by the time that this is.
    await browser.open('https://after.example/');
    await expect.poll(opened).toBe('https://after.example/\n');
  });

  it.each([{}, { DISPLAY: ':0', SSH_CONNECTION: 'x' }])(
    'is not looked for without a display or over SSH: %j',
    (environment) => {
      expect(findBrowser(environment, 'linux', ['/bin/true'])).toBeUndefined();
    },
  );
});
