import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  childEnvironment,
  startModule,
  startProgram,
} from '../../../src/services/process/program.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { writeFile } from 'node:fs/promises';

const SRC = resolve(import.meta.dirname, '../../../src');

/** What no program that is started here has a use for. */
const PRIVATE = {
  PORTLAMA_CLOUD_TOKEN: 'private-1',
  PORTLAMA_VAULT_PASSPHRASE_COMMAND: '/bin/private-2',
  PORTLAMA_SPACES_SECRET_KEY: 'private-3',
  NODE_OPTIONS: '--title=private-4',
  NODE_TLS_REJECT_UNAUTHORIZED: 'private-5',
  DIGITALOCEAN_ACCESS_TOKEN: 'private-6',
  AWS_SECRET_ACCESS_KEY: 'private-7',
  LD_PRELOAD: '/private-8.so',
  HTTPS_PROXY: 'http://user:private-9@127.0.0.1:1',
};

let before: NodeJS.ProcessEnv;
beforeEach(() => {
  before = { ...process.env };
  Object.assign(process.env, PRIVATE, { DISPLAY: ':7', LC_TIME: 'C', XDG_RUNTIME_DIR: '/run/x' });
});
afterEach(() => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, before);
});

describe('the environment of a program', () => {
  it('has the way to the desktop and nothing private, when none is given', async () => {
    const child = startProgram('/usr/bin/env', [], { stdio: ['ignore', 'pipe', 'ignore'] });
    const seen = await text(child.stdout);
    expect(seen).not.toContain('private-');
    expect(seen.split('\n')).toEqual(
      expect.arrayContaining(['DISPLAY=:7', 'LC_TIME=C', 'XDG_RUNTIME_DIR=/run/x']),
    );
  });

  it('is the same for a module in a process of its own', async () => {
    const path = join(await temporaryFolder(), 'says.mjs');
    await writeFile(path, 'process.send(process.env);');
    const child = startModule(path, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const seen = await new Promise((done) => child.on('message', done));
    expect(seen).toMatchObject({ DISPLAY: ':7' });
    expect(JSON.stringify(seen)).not.toContain('private-');
  });

  it('takes what is added by name', () => {
    const added = childEnvironment({ HOME: '/h', NODE_OPTIONS: '--x' }, { PORTLAMA_HOME: '/p' });
    expect(added).toEqual({ HOME: '/h', PORTLAMA_HOME: '/p' });
  });

  it('is handed on whole by nothing in the sources', () => {
    const wrong = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .filter((path) =>
        /\.\.\.\s*(?:process\.env|inherited)\b|\benv:[^,\n]*process\.env/.test(
          readFileSync(join(SRC, path), 'utf8'),
        ),
      );
    expect(wrong).toEqual([]);
  });
});
