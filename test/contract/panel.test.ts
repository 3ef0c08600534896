import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DelayOptions } from '../../src/sandbox/delays.js';
import {
  asHere,
  type Exchange,
  expectBody,
  expectLike,
  PANEL_HOST,
  readExchanges,
  withoutTime,
} from './panel-exchanges.js';
import { TestShell } from '../sandbox/droplet-fixture.js';
import { type ClientFile, DOMAIN, PanelWorld, type SeenStream, totpCode } from './panel-world.js';

/*
 * Replays every recording of the real panel (test/contract/panel) against the sandbox's: the same request gets the same
 * status, shape and error text.
 */

interface Replay {
  readonly world: PanelWorld;
  /** The answer's JSON by the entry's id, for later entries. */
  readonly answers: Map<string, Record<string, string>>;
}

interface Entry {
  /** What happened outside of the panel before this request. */
  readonly before?: (replay: Replay) => unknown;
  /** Body instead of the recorded one, where that stands for something. */
  readonly body?: (replay: Replay) => unknown;
  /** Certificate of a request whose recording only describes it. */
  readonly client?: (replay: Replay) => ClientFile;
  readonly headers?: (replay: Replay) => Record<string, string>;
  /** What an entry that is no request is compared with. */
  readonly check?: (replay: Replay, exchange: Exchange) => Promise<void>;
  /** Reason for not replaying it. */
  readonly skip?: string;
}

interface Script {
  /** Version that the recording's panel had. */
  readonly panelServer?: string;
  readonly delays?: DelayOptions['panel'];
  readonly begin?: (replay: Replay) => Promise<unknown>;
  /** Every recorded id needs none; one that names no recorded id is an error. */
  readonly entries?: Readonly<Record<string, Entry>>;
}

function replayed(name: string, { panelServer, delays, begin, entries = {} }: Script): void {
  describe(name, () => {
    const exchanges = readExchanges(name);
    const replay = { answers: new Map() } as { world: PanelWorld; answers: Replay['answers'] };
    beforeAll(async () => {
      replay.world = await PanelWorld.open(delays, panelServer);
      await begin?.(replay);
    });
    afterAll(() => replay.world.close());

    it('has a rule for no entry that is not recorded', () => {
      const ids = exchanges.map(({ id }) => id);
      expect(Object.keys(entries).filter((id) => !ids.includes(id))).toEqual([]);
    });

    for (const exchange of exchanges) {
      const { id, note = '' } = exchange;
      const entry = entries[id] ?? {};
      const title = note === '' ? id : `${id}: ${note}`;
      if (entry.skip === undefined) it(title, () => replayOne(replay, exchange, entry));
      else it.skip(`${title} (${entry.skip})`, () => undefined);
    }
  });
}

async function replayOne(replay: Replay, exchange: Exchange, entry: Entry): Promise<void> {
  const { world, answers } = replay;
  await entry.before?.(replay);
  const { request, response } = asHere(exchange, world);
  if (entry.check !== undefined) {
    await entry.check(replay, asHere(exchange, world));
    return;
  }
  if (request === undefined || response === undefined)
    throw new Error(`${exchange.id} is no request and has no check`);
  const { cert, ...call } = request;
  const { status, headers, body } = await world.call({
    ...call,
    client: cert === 'none' ? undefined : (entry.client?.(replay) ?? world.admin),
    body: entry.body?.(replay) ?? call.body,
    headers: { ...call.headers, ...entry.headers?.(replay) },
  });
  expect([status, body.toString('utf8', 0, 200)]).toEqual([response.status, expect.anything()]);
  for (const name of ['content-type', 'content-disposition'])
    if (response.headers?.[name] !== undefined) expect(headers[name]).toBe(response.headers[name]);
  expectCookie(headers['set-cookie'], response.headers?.['set-cookie']);
  expectBody(body, response.body);
  if (headers['content-type']?.includes('json') === true)
    answers.set(exchange.id, JSON.parse(body.toString('utf8')) as Record<string, string>);
  const [cookie] = headers['set-cookie'] ?? [];
  if (cookie !== undefined) answers.set('cookie', { cookie: cookie.split(';')[0] ?? '' });
}

function expectCookie(actual: unknown, recorded: unknown): void {
  const shape = (value: unknown): string => String(value).replace(/(?<=session=)[^;]+/, 'VALUE');
  expect(shape(actual)).toBe(shape(recorded));
}

function expectMessages(actual: readonly object[], recorded: readonly Record<string, unknown>[]) {
  expect(actual).toHaveLength(recorded.length);
  for (const [index, message] of recorded.entries())
    expectLike(actual[index], withoutTime(message));
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}

const lastOf = ({ messages }: SeenStream) => messages.at(-1) ?? {};
const completes = ({ world }: Replay): Promise<unknown> => world.onboard();

replayed('probes-before-onboarding', {});

const names =
  (
    apex: Parameters<PanelWorld['sandbox']['controls']['setName']>[1],
    wildcard: Parameters<PanelWorld['sandbox']['controls']['setName']>[1] = apex,
  ) =>
  ({ world }: Replay): void => {
    world.sandbox.controls.setName(DOMAIN, apex);
    world.sandbox.controls.setName(`*.${DOMAIN}`, wildcard);
  };
const pointed =
  (wildcard: 'too' | 'servfail' | 'missing', others: readonly string[] = []) =>
  (replay: Replay): void => {
    const { address } = replay.world.droplet;
    const second = { too: [address], servfail: 'servfail', missing: [] } as const;
    names([address, ...others], second[wildcard])(replay);
  };

replayed('onboarding', {
  entries: {
    'verify-elsewhere': { before: names(['198.51.100.7']) },
    'verify-servfail': { before: names('servfail') },
    'verify-refused': { before: names('refused') },
    'verify-servfail-wildcard': { before: pointed('servfail') },
    'verify-timeout': { before: names('silent') },
    'verify-no-wildcard': { before: pointed('missing', ['198.51.100.7']) },
    'verify-fails-in-dns-ready': { before: names([]) },
    'verify-ok': { before: pointed('too') },
  },
});

const STREAM = '/api/onboarding/provision/stream';
let stream: SeenStream;

/** The recorded failure: the names of the panel lead nowhere when certificates are asked for. */
async function failFirstRun(replay: Replay): Promise<void> {
  await replay.world.setDomain();
  pointed('missing')(replay);
}

replayed('provision-failure-and-retry', {
  delays: { messageMs: 40 },
  begin: failFirstRun,
  entries: {
    start: { before: async ({ world }) => (stream = await world.stream(STREAM)) },
    'stream-of-the-failed-run': {
      check: async (_replay, { messages }) => {
        await until(() => lastOf(stream)['status'] === 'error');
        expectMessages(stream.messages, messages!);
        stream.close();
      },
    },
    'late-joiner-after-failure': {
      check: async ({ world }, { messages }) => {
        const late = await world.stream(STREAM);
        await until(() => late.messages.length > 0);
        expectMessages(late.messages, messages!);
        late.close();
      },
    },
  },
});

let silent: SeenStream;

replayed('provision-success', {
  delays: { messageMs: 5, certificateMs: 1000 },
  async begin(replay) {
    const { world } = replay;
    await failFirstRun(replay);
    stream = await world.stream(STREAM);
    await world.admins('POST', '/api/onboarding/provision');
    await until(() => lastOf(stream)['status'] === 'error');
    stream.close();
    world.pointNames();
    // Instead of nginx's 60 s.
    world.sandbox.controls.setIdleCut(world.droplet.id, 1500);
    silent = await world.stream(STREAM);
    stream = await world.stream(STREAM, { pingMs: 100 });
  },
  entries: {
    'stream-without-pings': {
      check: async (_replay, { count, last, closed }) => {
        const { close, reason } = await silent.ended;
        expect({ close, reason }).toEqual(withoutTime(closed as Record<string, unknown>));
        expect(silent.messages).toHaveLength(count as number);
        expectLike(lastOf(silent), withoutTime(last as Record<string, unknown>));
      },
    },
    'stream-with-pings-every-20s': {
      check: async (_replay, { messages }) => {
        await until(() => lastOf(stream)['task'] === 'complete');
        expectMessages(stream.messages, messages!);
        stream.close();
      },
    },
    'stream-after-completion': {
      check: async ({ world }, { result, messages }) => {
        const refused = await world.stream(STREAM);
        expect(await refused.ended).toEqual(withoutTime(result as Record<string, unknown>));
        expect(refused.messages).toEqual(messages);
      },
    },
  },
});

const tlsEntry = (place: Parameters<PanelWorld['connect']>[0]): Entry => ({
  check: async ({ world }, { cert }) => {
    const tls = await world.connect(place);
    const presented = new X509Certificate(tls.getPeerX509Certificate()!.raw);
    tls.destroy();
    const { subject, san } = cert as { subject: Record<string, string>; san: string };
    const parts = presented.subject.split('\n').map((line) => line.split('='));
    expect(Object.fromEntries(parts)).toMatchObject({ CN: subject['CN'] });
    expect(presented.subjectAltName).toBe(san);
  },
});

replayed('addresses-after-onboarding', {
  begin: completes,
  entries: {
    'tls-ip-9292': tlsEntry({}),
    'tls-panel-name-9292': tlsEntry({ port: 9292, serverName: PANEL_HOST }),
    'tls-panel-443': tlsEntry({ host: PANEL_HOST }),
    'tls-ip-443-no-sni': tlsEntry({ port: 443 }),
    'http-80': {
      check: async ({ world }) => {
        await expect(world.connect({ port: 80 })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      },
    },
  },
});

const logsEntry = (service: string): Entry => ({
  check: async ({ world }, { messages, end }) => {
    const logs = await world.stream(`/api/services/${service}/logs`);
    expect(await logs.ended).toEqual(withoutTime(end as Record<string, unknown>));
    expectMessages(logs.messages, messages!);
  },
});

/** Statuses as they were seen, each once. */
async function healthSeen({ world }: Replay, until: string): Promise<string[]> {
  const seen: string[] = [];
  while (seen.at(-1) !== until) {
    const { status, body } = await world.call({
      method: 'GET',
      path: '/api/health',
      client: world.admin,
    });
    const version =
      status === 200 ? ` ${(JSON.parse(body.toString()) as { version: string }).version}` : '';
    if (seen.at(-1) !== `${status}${version}`) seen.push(`${status}${version}`);
    await sleep(5);
  }
  return seen;
}

replayed('system', {
  begin: completes,
  delays: { restartMs: 300 },
  entries: {
    'health-while-restarting': {
      check: async (replay) => {
        expect(await healthSeen(replay, '200 0.1.30')).toEqual(['502', '200 0.1.30']);
      },
    },
    'logs-nginx': logsEntry('nginx'),
    'logs-panel': logsEntry('portlama-panel'),
    'logs-unknown-service': logsEntry('nope'),
  },
});

const stays = (version: string): Entry => ({
  check: async (replay) => {
    await sleep(1200);
    expect(await healthSeen(replay, `200 ${version}`)).toEqual([`200 ${version}`]);
  },
});
const becomes = (...seen: readonly string[]): Entry => ({
  check: async (replay) => expect(await healthSeen(replay, seen.at(-1)!)).toEqual(seen),
});

replayed('update', {
  begin: completes,
  delays: { restartMs: 300, updateMs: 1000 },
  entries: {
    'start-private-address': {
      before: ({ world: { sandbox, droplet } }) =>
        sandbox.controls.addDropletFault(
          { kind: 'update-fails', when: 'before-stop' },
          { dropletId: droplet.id },
        ),
    },
    'health-private-address': stays('0.1.30'),
    'unknown-installer-version': {
      before: ({ world }) => world.sandbox.controls.clearFaults(),
    },
    'health-after-unknown-version': stays('0.1.30'),
    start: { before: ({ world }) => world.sandbox.controls.publish('0.1.31') },
    'health-during-update': becomes('200 0.1.30', '502', '200 0.1.31'),
    'update-that-fails-midway': {
      before: ({ world: { sandbox, droplet } }) =>
        sandbox.controls.addDropletFault(
          { kind: 'update-fails', when: 'after-stop' },
          { dropletId: droplet.id },
        ),
    },
    'health-after-failed-update': becomes('200 0.1.31', '502'),
  },
});

let old: ClientFile;
let laptop: ClientFile;

async function download(replay: Replay, path: string, password: string): Promise<ClientFile> {
  const { world } = replay;
  const { body } = await world.call({ method: 'GET', path, client: world.admin });
  return { pfx: body, passphrase: password };
}

const asLaptop: Entry = { client: () => laptop };

replayed('certificates', {
  begin: completes,
  entries: {
    rotate: { before: ({ world }) => (old = world.admin) },
    'old-certificate-after-rotate': { client: () => old },
    'after-rotate-facts': {
      check: async (replay) => {
        const { world, answers } = replay;
        const password = answers.get('rotate')!['p12Password']!;
        const renewed = await download(replay, '/api/certs/mtls/download', password);
        const shell = await world.exec('cat /etc/portlama/pki/.p12-password');
        expect(shell).toBe(old.passphrase);
        await expect(
          world.connect({ client: { ...renewed, passphrase: old.passphrase } }),
        ).rejects.toThrow(/mac verify failure/);
        world.admin = renewed;
        await world.admins('GET', '/api/onboarding/status');
      },
    },
    'agent-list': {
      before: async (replay) => {
        const password = replay.answers.get('agent-create')!['p12Password']!;
        laptop = await download(replay, '/api/certs/agent/laptop/download', password);
      },
    },
    'agent-reads-stats': asLaptop,
    'agent-reads-services': asLaptop,
    'agent-lists-certs': asLaptop,
    'agent-revoked-call': asLaptop,
  },
});

const SECRET_KEY = 'setup';

/** The code of the second factor for a moment so many steps from now. */
function codeOf({ answers }: Replay, steps: number): string {
  return totpCode(answers.get(SECRET_KEY)!['manualKey']!, steps);
}

const withSession: Pick<Entry, 'headers'> = { headers: ({ answers }) => answers.get('cookie')! };
let used = '';

replayed('two-factor', {
  panelServer: '0.1.31',
  begin: completes,
  entries: {
    confirm: { body: (replay) => ({ code: (used = codeOf(replay, 0)) }) },
    'ip-9292-after': {
      check: async ({ world }) => {
        await expect(world.connect({})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      },
    },
    'stats-with-session': withSession,
    'verify-replayed-code': { body: () => ({ code: used }) },
    verify: { body: (replay) => ({ code: codeOf(replay, 1) }) },
    'setup-again': withSession,
    'verify-sixth-failure': {
      before: async ({ world }) => {
        for (let failure = 0; failure < 5; failure++) {
          const { status } = await world.call({
            method: 'POST',
            path: '/api/settings/2fa/verify',
            host: PANEL_HOST,
            client: world.admin,
            body: { code: '000000' },
          });
          expect(status).toBe(401);
        }
      },
    },
  },
});

const run = promisify(execFile);
let folder: string;
let hardware: ClientFile;
const signingRequest = { csr: '' };
const asHardware: Entry = { client: () => hardware };

replayed('hardware-bound', {
  async begin(replay) {
    await completes(replay);
    folder = await mkdtemp(join(tmpdir(), 'portlama-csr-'));
    const key = join(folder, 'key.pem');
    await run('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key]);
    const { stdout } = await run('openssl', ['req', '-new', '-key', key, '-subj', '/CN=somebody']);
    signingRequest.csr = stdout;
  },
  entries: {
    'csr-too-large': {
      body: () => ({ csr: `-----BEGIN CERTIFICATE REQUEST-----\n${'A'.repeat(9000)}` }),
    },
    upgrade: { body: () => signingRequest },
    'issued-subject': {
      check: async ({ answers }, { value }) => {
        const certificate = answers.get('upgrade')!['cert']!;
        const { subject } = new X509Certificate(certificate);
        const parts = subject.split('\n').map((part) => part.replace('=', ' = '));
        expect(`subject=${parts.toReversed().join(', ')}`).toBe(value);
        const pfx = join(folder, 'client.p12');
        const pem = join(folder, 'cert.pem');
        await writeFile(pem, certificate);
        await run('openssl', [
          'pkcs12',
          '-export',
          '-inkey',
          join(folder, 'key.pem'),
          '-in',
          pem,
          '-out',
          pfx,
          '-passout',
          'pass:hardware',
        ]);
        hardware = { pfx: await readFile(pfx), passphrase: 'hardware' };
        await rm(folder, { recursive: true });
      },
    },
    'auth-mode': asHardware,
    rotate: asHardware,
    download: asHardware,
    'upgrade-again': { ...asHardware, body: () => signingRequest },
  },
});

let original: ClientFile;
let rotated: ClientFile;
const isRotated: Entry = { client: () => rotated };

replayed('reset-admin', {
  panelServer: '0.1.31',
  async begin(replay) {
    const { world } = replay;
    await completes(replay);
    original = world.admin;
    const { p12Password } = (await world.admins('POST', '/api/certs/mtls/rotate')) as Record<
      string,
      string
    >;
    rotated = await download(replay, '/api/certs/mtls/download', p12Password!);
  },
  entries: {
    output: {
      check: async (replay, { stdout }) => {
        const { world } = replay;
        const lines = (await world.exec('portlama-reset-admin')).split('\n');
        const recorded = stdout as string[];
        const secret = recorded.findIndex((line) => /^ +[0-9a-f]{32}$/.test(line));
        expect(lines[secret]).toMatch(/^ {5}[0-9a-f]{32}$/);
        expect(lines.with(secret, '')).toEqual(recorded.with(secret, ''));
        const pfx = await readOnDroplet(world, 'client.p12');
        const passphrase = (await readOnDroplet(world, '.p12-password')).toString('utf8');
        world.admin = { pfx, passphrase };
      },
    },
    'certificate-that-was-on-disk': isRotated,
    'revoked-certificate-health': isRotated,
    'revoked-certificate-web-app': isRotated,
    'original-certificate': { client: () => original },
    'revoked.json': {
      skip: 'its first entry is of an agent of another recording; the form is read by every call',
    },
    subject: {
      skip: 'owners and modes of files: the droplet’s root file system has one owner here',
    },
  },
});

async function readOnDroplet({ sandbox, droplet }: PanelWorld, name: string): Promise<Buffer> {
  const shell = await TestShell.open(sandbox, droplet);
  const content = await shell.read(`/etc/portlama/pki/${name}`);
  shell.close();
  return content;
}

replayed('rate-limit', {
  panelServer: '0.1.31',
  begin: completes,
  entries: {
    burst: {
      check: async ({ world }, { firstRefused, status, body }) => {
        for (let call = 0; call < (firstRefused as number); call += 13) {
          const answers = await Promise.all(
            Array.from({ length: 13 }, () =>
              world.call({ method: 'GET', path: '/api/health', client: world.admin }),
            ),
          );
          for (const answer of answers) {
            expect(answer.status).toBe(status);
            expectBody(answer.body, body);
          }
        }
      },
    },
  },
});
