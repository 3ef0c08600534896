import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  isPublished,
  newestFinder,
  packageFinder,
} from '../../../src/services/installer/find-package.js';
import { findRegistry, npmVariables } from '../../../src/services/installer/npm-settings.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const SPEC = '@lamalibre/create-portlama';
const PUBLISHED = {
  'dist-tags': { latest: '1.0.53', next: '2.0.0-beta.1' },
  versions: { '0.9.1': {}, '1.0.53': {}, '2.0.0-beta.1': {} },
};
const { signal } = new AbortController();

/** A registry on loopback; resolves to its address. */
async function registry(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/npm`;
}

function asking(url: string): ReturnType<typeof packageFinder> {
  return packageFinder({ environment: { npm_config_registry: url }, homeFolder: '/nowhere' });
}

describe('newestFinder', () => {
  const newest = (url: string, name: string) =>
    newestFinder({ environment: { npm_config_registry: url }, homeFolder: '/nowhere' })(
      name,
      signal,
    );

  it('tells the newest version from a package that is gone, and that from a registry that is', async () => {
    const url = await registry((request, response) => {
      if (request.url?.includes('lamalibre')) response.end(JSON.stringify(PUBLISHED));
      else response.writeHead(404).end('{"error":"Not found"}');
    });
    expect(await newest(url, SPEC)).toEqual({ kind: 'found', version: '1.0.53' });
    expect(await newest(url, 'renamed')).toEqual({ kind: 'missing' });
    expect(await newest('http://127.0.0.1:9/', SPEC)).toEqual({
      kind: 'unknown',
      reason: 'http://127.0.0.1:9/ cannot be reached from here (ECONNREFUSED)',
    });
  });
});

describe('packageFinder', () => {
  it('asks the configured registry once, and sends nothing secret', async () => {
    const seen: (string | undefined)[] = [];
    const url = await registry((request, response) => {
      seen.push(request.url, request.headers.authorization);
      response.end(JSON.stringify(PUBLISHED));
    });
    const withSecret = url.replace('//', '//ann:secret@');
    expect(await asking(withSecret)(SPEC, signal)).toEqual({
      kind: 'found',
      registry: `${url}/`,
    });
    expect(seen).toEqual(['/npm/@lamalibre%2fcreate-portlama', undefined]);
  });

  it('says which version is missing, and which package', async () => {
    const url = await registry((request, response) => {
      if (request.url?.includes('lamalibre')) response.end(JSON.stringify(PUBLISHED));
      else response.writeHead(404).end('{"error":"Not found"}');
    });
    expect(await asking(url)(`${SPEC}@1.0.99`, signal)).toEqual({
      kind: 'missing',
      registry: `${url}/`,
      what: `The npm package ${SPEC} has no version 1.0.99`,
    });
    expect(await asking(url)('create-portlarna', signal)).toMatchObject({
      kind: 'missing',
      what: 'There is no npm package create-portlarna',
    });
  });

  it.each<[string, RequestListener, RegExp]>([
    ['wants a login', (_request, response) => response.writeHead(401).end(), /answers 401$/],
    ['is broken', (_request, response) => response.writeHead(503).end(), /answers 503$/],
    [
      'leads elsewhere',
      (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
      /answers 302$/,
    ],
    ['is a login page', (_request, response) => response.end('<html>'), /does not answer as/],
    ['has no versions', (_request, response) => response.end('{"versions":[]}'), /does not answer/],
    [
      'hangs up',
      (request) => request.socket.destroy(),
      /cannot be reached from here \(ECONNRESET\)$/,
    ],
    [
      'never ends',
      (_request, response) => {
        response.on('error', () => undefined);
        const send = (): void => {
          while (!response.destroyed && response.write(' '.repeat(1 << 20)));
        };
        response.on('drain', send);
        send();
      },
      /does not answer as/,
    ],
  ])('cannot tell where the registry %s', async (_what, answer, reason) => {
    const found = await asking(await registry(answer))(SPEC, signal);
    expect(found).toEqual({
      kind: 'unknown',
      reason: expect.stringMatching(reason) as string,
    });
  });

  it('cannot tell where nothing listens, or npm has no registry on the web', async () => {
    expect(await asking('http://127.0.0.1:9/')(SPEC, signal)).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('(ECONNREFUSED)') as string,
    });
    expect(await asking('file:///srv/npm')(SPEC, signal)).toMatchObject({ kind: 'unknown' });
  });

  it('ends with the signal', async () => {
    const stop = new AbortController();
    const asked = asking(await registry(() => stop.abort(new Error('enough'))))(SPEC, stop.signal);
    await expect(asked).rejects.toThrow('enough');
  });
});

describe('findRegistry', () => {
  async function home(npmrc: string): Promise<string> {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.npmrc'), npmrc);
    return folder;
  }
  const find = async (
    npmrc: string,
    environment: NodeJS.ProcessEnv = {},
  ): Promise<string | undefined> =>
    (await findRegistry(SPEC, { environment, homeFolder: await home(npmrc) }))?.href;

  it('takes what the user’s .npmrc says', async () => {
    expect(await find('; x\nregistry = "http://127.0.0.1:1/npm"\r\n')).toBe(
      'http://127.0.0.1:1/npm/',
    );
    expect(await find('registry=http://127.0.0.1:${PORT}/', { PORT: '2' })).toBe(
      'http://127.0.0.1:2/',
    );
    expect(await find('#registry=http://127.0.0.1:1/\n', { npm_config_prefix: '/nowhere' })).toBe(
      'https://registry.npmjs.org/',
    );
  });

  it('takes a variable before the file, and the scope before all', async () => {
    const file = 'registry=http://127.0.0.1:1/\n';
    expect(await find(file, { NPM_CONFIG_REGISTRY: 'http://127.0.0.1:3/' })).toBe(
      'http://127.0.0.1:3/',
    );
    const scoped = `${file}@lamalibre:registry=http://127.0.0.1:4/\n@other:registry=http://127.0.0.1:5/`;
    expect(await find(scoped, { npm_config_registry: 'http://127.0.0.1:3/' })).toBe(
      'http://127.0.0.1:4/',
    );
  });

  it('takes another file that is named, or the global one', async () => {
    const other = join(await home('registry=http://127.0.0.1:6/'), '.npmrc');
    expect(await find('', { npm_config_userconfig: other })).toBe('http://127.0.0.1:6/');
    expect(await find('', { npm_config_globalconfig: other })).toBe('http://127.0.0.1:6/');
  });

  it('is the same for a worker, which gets no password', async () => {
    const environment = {
      npm_config_registry: 'http://ann:secret@127.0.0.1:1/',
      NPM_CONFIG_USERCONFIG: '/home/ann/rc',
      npm_config__auth: 'secret',
      NPM_TOKEN: 'secret',
    };
    expect(npmVariables(environment)).toEqual({
      npm_config_registry: 'http://127.0.0.1:1/',
      NPM_CONFIG_USERCONFIG: '/home/ann/rc',
    });
  });
});

describe('isPublished', () => {
  const published = {
    versions: ['0.2.3', '0.2.9', '1.0.53', '1.4.0', '2.0.0-beta.1'],
    tags: { latest: '1.4.0', next: '2.0.0-beta.1' },
  };

  it.each(
    '1.0.53 2.0.0-beta.1 latest next 1 1.0 1.4 ^1 ^1.0 ^1.0.53 ^1.0.54 ~1 ~1.0.50 ^0.2.3 ~0.2.4 0 ^0 0.2 ^2.0.0-beta.1'.split(
      ' ',
    ),
  )('has a version for %s', (wanted) => {
    expect(isPublished(wanted, published)).toBe(true);
  });

  it.each(
    '1.0.54 1.0.53-rc.1 beta toString 2 ^2 ~2.0 ^1.4.1 ^1.5 ~1.0.54 1.1 ^0.1 ^0.0.3 ^0.2.10 ~0.3 ^3'.split(
      ' ',
    ),
  )('has none for %s', (wanted) => {
    expect(isPublished(wanted, published)).toBe(false);
  });
});
