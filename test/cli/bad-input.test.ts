import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseArguments } from '../../src/cli/parse.js';
import { runProgram } from '../fixtures/program.js';
import { runningSandbox } from '../fixtures/running-sandbox.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

const TOKEN = `dop_v1_${'b2'.repeat(32)}`;

/** Something that listens where the API is said to be, and counts who comes. */
async function listener(): Promise<{ url: string; requests: () => number }> {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests++;
    response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
  };
}

interface BadInput {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly says: RegExp;
}

/** Commands with a word too few, too many, or another one. */
const MISUNDERSTOOD: readonly (readonly string[])[] = [
  ['servers', 'destory', 'edge'],
  ['servers', 'destroy'],
  ['servers', 'activate'],
  ['servers', 'add'],
  ['servers', 'activate', 'edge', 'lab'],
  ['servers', 'list', 'edge'],
  ['certificate', 'trust'],
  ['certificate', 'trust', 'edge', 'file'],
  ['certificate', 'forget', 'edge'],
  ['completion', 'bash', '--region', 'fra1'],
  ['servers', 'activate', 'edge', '--yes', 'edge'],
  ['strays', '--label', 'edge'],
  ['operations', 'list', 'foo'],
  ['operations', '--yes', 'edge'],
  ['--region', 'fra1'],
];
const FRA1 = ['provision', '--region', 'fra1'] as const;

describe('bad input', () => {
  it.each<[string, BadInput]>([
    [
      'a malformed token',
      { args: FRA1, env: { PORTLAMA_CLOUD_TOKEN: 'hunter2' }, says: /token.*\n.*dop_v1_/i },
    ],
    [
      'a token with its header',
      {
        args: FRA1,
        env: { PORTLAMA_CLOUD_TOKEN: `Bearer ${TOKEN}` },
        says: /header.*\n.*Leave out/,
      },
    ],
    [
      'a region that is none',
      {
        args: ['provision', '--region', 'Frankfurt'],
        says: /"Frankfurt" is not a region.*\n.*fra1/,
      },
    ],
    ['no region', { args: ['provision'], says: /Which region.*\n.*--region fra1/ }],
    [
      'a label with capitals',
      { args: [...FRA1, '--label', 'Edge'], says: /"Edge" is not valid\. Lowercase.*\n.*1 to 64/ },
    ],
    [
      'a label that is too long',
      { args: [...FRA1, '--label', 'x'.repeat(65)], says: /At most 64 characters.*\n/ },
    ],
    [
      'plain http to a public host',
      {
        args: FRA1,
        env: { DIGITALOCEAN_API_URL: 'http://api.example.com' },
        says: /in the clear to api.example.com.*\n.*https/,
      },
    ],
    [
      'an API address that is none',
      { args: FRA1, env: { DIGITALOCEAN_API_URL: 'api' }, says: /DIGITALOCEAN_API_URL|address/ },
    ],
    [
      'an installer that could be a command',
      {
        args: FRA1,
        env: { PORTLAMA_INSTALLER: 'x; rm -rf /' },
        says: /PORTLAMA_INSTALLER|installer/i,
      },
    ],
    [
      'an installer file that is not there',
      { args: FRA1, env: { PORTLAMA_INSTALLER: '/nowhere/x.tgz' }, says: /\/nowhere\/x\.tgz/ },
    ],
    [
      'a home that is no absolute path',
      { args: FRA1, env: { PORTLAMA_HOME: 'here' }, says: /absolute.*\n.*Set it to/ },
    ],
    ['an empty name of a log', { args: ['servers', '--log', ''], says: /--log needs a file name/ }],
    [
      'an empty name of a key',
      { args: [...FRA1, '--ssh-key', ''], says: /--ssh-key needs a file name/ },
    ],
    ['an empty name of an export', { args: ['export', ''], says: /export needs a file name/ }],
    [
      'an operation of 10 kB',
      {
        args: ['operations', 'attach', 'x'.repeat(10_000)],
        says: /no operation "x{39}…x{20}"\.\n/,
      },
    ],
    ['an unknown option', { args: [...FRA1, '--colour'], says: /--colour.*\n.*--help/ }],
    ['an unknown command', { args: ['destory'], says: /"destory".*\n.*Did you mean[^]*--help/ }],
    [
      'an argument too many, by the whole name of its command',
      { args: ['servers', 'panel', 'a', 'b'], says: /for 'servers panel'.*\n.*panel --help/ },
    ],
    [
      'help as a word of another command',
      { args: ['servers', 'help'], says: /Unknown command "servers help".\n.*servers --help/ },
    ],
    [
      'a size that is none',
      { args: ['regions', '--size', 'huge'], says: /"huge" is not a server size.*\n.*s-1vcpu-1gb/ },
    ],
    [
      'an operation that is none',
      { args: ['operations', 'attach', 'zzz'], says: /no operation "zzz".\n.*operations$/m },
    ],
    ['no word behind a group', { args: ['token'], says: /\n.*--help/ }],
  ])(
    '%s is refused before anything is done, with what to do',
    async (_name, { args, env, says }) => {
      const folder = await temporaryFolder();
      const api = await listener();
      const home = join(folder, 'portlama');
      const base = {
        HOME: folder,
        PORTLAMA_HOME: home,
        PORTLAMA_CLOUD_TOKEN: TOKEN,
        DIGITALOCEAN_API_URL: api.url,
      };
      const { exitCode, stdout, stderr } = await runProgram(args, { env: { ...base, ...env } });
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(says);
      expect(stderr).not.toContain(TOKEN);
      expect(api.requests()).toBe(0);
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it.each(MISUNDERSTOOD.map((args) => [args.join(' '), args] as const))(
    '%s is not understood, with what to do',
    (_words, args) => {
      expect(() => parseArguments(args)).toThrow(
        expect.objectContaining({ code: 'arguments', hint: expect.stringContaining('--help') }),
      );
    },
  );

  it('a region that does not exist is refused before anything is created', async () => {
    const sandbox = await runningSandbox();
    const { exitCode, stdout } = await sandbox.run(['provision', '--region', 'xyz9']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /Failed at Validating token: The region xyz9 .*\nNothing was created.*\n {2}Regions that do: .*fra1/,
    );
    const { calls } = (await sandbox.control('GET', 'control')) as {
      calls: Record<string, number>;
    };
    expect(Object.keys(calls).filter((call) => call.startsWith('POST'))).toEqual([]);
  });

  it('help is found behind an option, and prints nothing else', async () => {
    const words = ['--sandbox', 'help', 'servers', 'panel'];
    const { exitCode, stdout, stderr } = await runProgram(words, { env: {} });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: portlama-tui servers panel /);
  });

  it('a home that is a file is named, with what is needed', async () => {
    const folder = await temporaryFolder();
    const home = join(folder, 'portlama');
    await writeFile(home, '');
    const { exitCode, stderr } = await runProgram(['token', 'set'], {
      env: { HOME: folder, PORTLAMA_HOME: home, PORTLAMA_KEYSTORE: 'vault' },
    });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(`${home} is a file, and a folder is needed there.`);
  });

  it('a servers.json that cannot be read is named and left alone', async () => {
    const folder = await temporaryFolder();
    const home = join(folder, 'portlama');
    await mkdir(home, { mode: 0o700 });
    await writeFile(join(home, 'servers.json'), '[{"id":', { mode: 0o600 });
    const { exitCode, stderr } = await runProgram(['servers'], {
      env: { HOME: folder, PORTLAMA_HOME: home },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(join(home, 'servers.json'));
  });
});
