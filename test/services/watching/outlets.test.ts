import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { programOutlet, webhookOutlet } from '../../../src/services/watching/outlets.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { offlineEvent } from './events.js';

const { signal } = new AbortController();
const TOKEN = `dop_v1_${'ab'.repeat(32)}`;

/** A server that answers each request with the next status. */
async function hook(statuses: readonly number[], location?: string) {
  const got: { headers: IncomingHttpHeaders; body: unknown; url: string | undefined }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      got.push({ headers: request.headers, body: JSON.parse(body), url: request.url });
      const status = statuses[got.length - 1] ?? 200;
      response.writeHead(status, location === undefined ? {} : { location }).end('ok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, got };
}

describe('a webhook', () => {
  it('gets the event as JSON', async () => {
    const { url, got } = await hook([204]);
    await webhookOutlet(url).send(offlineEvent('a'), signal);
    expect(got).toHaveLength(1);
    expect(got[0]).toMatchObject({ url: '/hook', body: offlineEvent('a') });
    expect(got[0]!.headers['content-type']).toBe('application/json');
  });

  it.each([
    [500, true],
    [503, true],
    [429, true],
    [400, false],
    [404, false],
  ])('that answers %i is said so; another try may help: %s', async (status, retryable) => {
    const { url } = await hook([status]);
    await expect(webhookOutlet(url).send(offlineEvent('a'), signal)).rejects.toMatchObject({
      code: 'event-not-taken',
      retryable,
      message: `${new URL(url).host} did not take an event: it answered ${status}.`,
    });
  });

  it('sends nobody elsewhere: a redirect is not followed', async () => {
    const target = await hook([]);
    const { url, got } = await hook([302], target.url);
    await expect(webhookOutlet(url).send(offlineEvent('a'), signal)).rejects.toMatchObject({
      retryable: false,
    });
    expect([got.length, target.got.length]).toEqual([1, 0]);
  });

  it('that is not there is tried again, and its path, which may be a secret, is not said', async () => {
    const error: unknown = await webhookOutlet('http://127.0.0.1:9/secret-path')
      .send(offlineEvent('a'), signal)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ retryable: true });
    expect(String(error)).toContain('127.0.0.1:9');
    expect(String(error)).not.toContain('secret-path');
  });

  it.each([
    'http://hooks.example.com/x',
    'http://127.0.0.1.example.com/x',
    'http://10.0.0.1/x',
    'ftp://127.0.0.1/x',
    'https://user:secret@hooks.example.com/x',
    'hooks.example.com',
    '',
  ])('at %j is refused', (address) => {
    expect(() => webhookOutlet(address)).toThrow(
      '--webhook must be an https address without a user name or password.',
    );
  });

  it.each(['https://hooks.example.com/x', 'http://localhost:8080/', 'http://[::1]:8080/x'])(
    'at %j is taken',
    (address) => {
      expect(webhookOutlet(address).target).toBe(address);
    },
  );
});

describe('a program', () => {
  it('gets the event on its standard input, words as they were given, and no secret', async () => {
    const folder = await temporaryFolder();
    await mkdir(folder, { recursive: true });
    const out = join(folder, 'out');
    const script = `{ env; printf '%s\\n' "$0" "$1"; cat; } > ${out}`;
    const outlet = programOutlet(
      `/bin/sh -c '${script.replaceAll("'", String.raw`'\''`)}' a "b c"`,
      {
        PATH: '/usr/bin:/bin',
        PORTLAMA_CLOUD_TOKEN: TOKEN,
        NODE_OPTIONS: '--inspect',
        MINE: 'kept',
      },
    );
    await outlet.send(offlineEvent('a', { text: 'lab is offline: $(id) `id`' }), signal);
    const said = await readFile(out, 'utf8');
    const [, args = ''] = said.split('\na\n');
    expect(args.split('\n')[0]).toBe('b c');
    expect(JSON.parse(args.split('\n')[1]!)).toMatchObject({ id: 'a', state: 'offline' });
    expect(said).toContain('PORTLAMA_EVENT=health\n');
    expect(said).toContain('PORTLAMA_EVENT_SERVER=lab\n');
    expect(said).toContain('PORTLAMA_EVENT_STATE=offline\n');
    expect(said).toContain('PORTLAMA_EVENT_BEFORE=online\n');
    expect(said).toContain('PORTLAMA_EVENT_TEXT=lab is offline: $(id) `id`\n');
    expect(said).toContain('MINE=kept');
    expect(said).not.toMatch(/dop_v1|CLOUD_TOKEN|NODE_OPTIONS/);
  });

  it('that fails is said with its last words; no other try', async () => {
    const outlet = programOutlet(`/bin/sh -c 'echo one >&2; echo two >&2; exit 3'`, {});
    await expect(outlet.send(offlineEvent('a'), signal)).rejects.toMatchObject({
      message: '/bin/sh failed with exit code 3: two.',
      retryable: false,
    });
  });

  it.each(['/nowhere/program', '/tmp', '/etc/passwd'])('that is %s is refused', (given) => {
    expect(() => programOutlet(given, {})).toThrow(`${given} of --exec is not a file`);
  });

  it('that was taken away is said', async () => {
    const program = join(await temporaryFolder(), 'notify');
    await writeFile(program, '#!/bin/sh\n', { mode: 0o700 });
    const outlet = programOutlet(program, {});
    await rm(program);
    await expect(outlet.send(offlineEvent('a'), signal)).rejects.toMatchObject({
      code: 'program-missing',
    });
  });

  it.each(['notify', './notify', '', `/bin/sh 'half`])('given as %j is refused', (given) => {
    expect(() => programOutlet(given, {})).toThrow(
      '--exec must begin with the absolute path of a program.',
    );
  });
});
