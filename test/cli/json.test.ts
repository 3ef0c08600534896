import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.js';
import { commandFace } from '../../src/cli/face.js';
import { answersOf, answersSchema, publishedSchema, schemaName } from '../fixtures/json-answers.js';
import { runProgram } from '../fixtures/program.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

/** Commands whose text is another program's, or is made for one. */
const TEXT = ['completion', 'config-path', 'servers-ssh'];

async function program(...args: readonly string[]) {
  const home = await temporaryFolder();
  return await runProgram(args, { env: { HOME: home, PORTLAMA_KEYSTORE: 'session' } });
}

describe('--json', () => {
  it('is taken by every command', () => {
    const without = COMMANDS.filter(({ hidden, json }) => hidden !== true && json === undefined);
    expect(without.map(schemaName).sort()).toEqual(TEXT);
    for (const { json, options } of COMMANDS)
      expect(options?.['json'] !== undefined).toBe(json !== undefined);
  });

  it('has the published schema', async () => {
    expect(JSON.parse(await publishedSchema())).toEqual(await answersSchema());
  });

  it('answers a refusal with an error that has its code, and the exit code', async () => {
    const refused = await program('sizes', '--json');
    expect(refused.exitCode).toBe(2);
    expect(answersOf('sizes', refused)).toMatchObject([
      { error: { code: 'token-missing', hint: expect.stringContaining('portlama-tui token set') } },
    ]);
    const misunderstood = await program('servers', 'destory', 'lab', '--json');
    expect(misunderstood.exitCode).toBe(2);
    expect(answersOf('servers', misunderstood)).toMatchObject([{ error: { code: 'arguments' } }]);
  });

  it('answers with nothing where there is nothing to list', async () => {
    expect(await program('servers', '--json')).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('asks nothing, even at a terminal: what needs agreement is refused with the line that gives it', async () => {
    const settings = { sandbox: false } as Parameters<typeof commandFace>[0]['settings'];
    const face = commandFace({ settings }, { words: 'servers destroy lab', json: true });
    const question = {
      title: 'Destroy',
      lines: [],
      yes: 'Destroy',
      danger: true,
      effect: 'destroy it',
      advance: { value: 'lab', refusal: 'lab is destroyed only when its label is repeated.' },
    };
    const terminals = [process.stdin, process.stdout].map((stream) => stream.isTTY);
    process.stdin.isTTY = process.stdout.isTTY = true;
    try {
      await expect(face.confirm(question)).rejects.toMatchObject({
        code: 'confirmation-required',
        hint: ['To destroy it: portlama-tui servers destroy lab --yes lab'],
      });
    } finally {
      [process.stdin.isTTY, process.stdout.isTTY] = terminals as [boolean, boolean];
    }
  });
});

describe('exit codes', () => {
  it('have their numbers in one place', () => {
    const cli = resolve(import.meta.dirname, '../../src/cli');
    const files = readdirSync(cli, { recursive: true, encoding: 'utf8' });
    const own = files
      .filter((name) => name.endsWith('.ts') && name !== 'exit-codes.ts')
      .filter((name) => /const EXIT_\w+ = \d/.test(readFileSync(join(cli, name), 'utf8')));
    expect(own).toEqual([]);
  });
});
