import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import * as fc from '../fixtures/fast-check.js';
import { ApiError } from '../../src/services/digitalocean/api-error.js';
import { createCaller } from '../../src/services/digitalocean/caller.js';
import { accountCalls, catalogueCalls } from '../../src/services/digitalocean/calls/account.js';
import { actionCalls } from '../../src/services/digitalocean/calls/actions.js';
import { dropletCalls } from '../../src/services/digitalocean/calls/droplets.js';
import { domainCalls } from '../../src/services/digitalocean/calls/domains.js';
import { sshKeyCalls, tagCalls } from '../../src/services/digitalocean/calls/keys-and-tags.js';
import type { DigitalOceanApi } from '../../src/services/digitalocean/api.js';
import {
  type HttpAnswer,
  type HttpRequest,
  NoAnswer,
  type Send,
} from '../../src/services/digitalocean/transport.js';
import { FakeClock } from '../services/digitalocean/fake-clock.js';
import { TOKEN } from '../services/digitalocean/harness.js';
import { body, type Kind } from './oracles/api-bodies.js';
import { modelProblem } from './oracles/api-models.js';
import { describeProperty } from './property.js';

const BASE = new URL('https://api.example.com/');
/** What no server may make the client do: a list of 100 pages, each tried as often as the time allows. */
const MAX_REQUESTS = 4_000;

/** The client without its HTTP library: the answers come from here. */
type Connect = (
  send: Send,
  redact: (text: string) => string,
) => Omit<DigitalOceanApi, 'onCall' | 'onRetry'>;
const connect: Connect = (send, redact) => {
  const caller = createCaller({
    baseUrl: BASE,
    loadSend: () => Promise.resolve(send),
    speaker: { host: BASE.host, redact },
    clock: new FakeClock(),
    random: () => 0.5,
    retryBudgetMs: 60_000,
    handleCall: () => undefined,
    handleRetry: () => undefined,
  });
  return {
    ...accountCalls(caller, BASE),
    ...catalogueCalls(caller),
    ...dropletCalls(caller),
    ...actionCalls(caller),
    ...sshKeyCalls(caller),
    ...tagCalls(caller),
    ...domainCalls(caller),
  };
};
const redact = (text: string): string => text.replaceAll(TOKEN, '[token]');

const RECORD = { type: 'A', name: 'lab', data: '203.0.113.10', ttl: 300 };

type Api = ReturnType<Connect>;
/** A call, and what kind of model it gives; undefined where only a yes or no, or nothing, comes of it. */
const CALLS: readonly (readonly [kind: Kind | undefined, call: (api: Api) => Promise<unknown>])[] =
  [
    ['account', (api) => api.getAccount()],
    ['tokenInfo', (api) => api.getTokenInfo()],
    ['regions', (api) => api.listRegions()],
    ['sizes', (api) => api.listSizes()],
    ['droplets', (api) => api.listDroplets({ tag: 'portlama:managed' })],
    ['droplet', (api) => api.getDroplet(7)],
    ['sshKeys', (api) => api.listSshKeys()],
    ['sshKey', (api) => api.getSshKey(7)],
    ['tag', (api) => api.getTag('portlama:managed')],
    ['sshKey', (api) => api.createSshKey('name', 'ssh-ed25519 AAAA')],
    ['action', (api) => api.actOnDroplet(7, { type: 'reboot' }, () => Promise.resolve())],
    ['action', (api) => api.getDropletAction(7, 8)],
    [undefined, (api) => api.listDropletActions(7)],
    ['snapshots', (api) => api.listSnapshots()],
    ['reservedAddresses', (api) => api.listReservedAddresses()],
    ['domains', (api) => api.listDomains()],
    ['domain', (api) => api.createDomain('example.com')],
    ['records', (api) => api.listRecords('example.com')],
    ['record', (api) => api.createRecord('example.com', RECORD)],
    ['record', (api) => api.updateRecord('example.com', 7, RECORD)],
    [undefined, (api) => api.deleteDroplet(7, () => Promise.resolve())],
    [undefined, (api) => api.createTag('portlama:managed')],
  ];

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    TOKEN,
    `Bearer ${TOKEN}`,
    '\u001b[2J',
    'droplet limit',
    'billing',
    'finalizing',
    '\u202e',
  ),
);
const text = fc.oneof(
  { arbitrary: body.map(({ value }) => JSON.stringify(value)), weight: 6 },
  fc
    .record({ id: word, message: word, request_id: word }, { requiredKeys: [] })
    .map((value) => JSON.stringify(value)),
  fc.tuple(body, fc.nat()).map(([{ value }, at]) => JSON.stringify(value).slice(0, at)),
  fc.constantFrom('', 'null', '<html><title>502</title>', '{"message":"no', '[]', '\ufeff{}'),
  word,
);
const answer: fc.Arbitrary<HttpAnswer | NoAnswer> = fc.oneof(
  {
    arbitrary: fc.record({
      status: fc.oneof(
        fc.constantFrom(200, 200, 200, 201, 204),
        fc.integer({ min: 100, max: 599 }),
        fc.constantFrom(401, 403, 404, 422, 429, 500, 502),
      ),
      headers: fc.record(
        {
          'x-request-id': word,
          'retry-after': fc.oneof(word, fc.nat({ max: 120 }).map(String), fc.constant('-1')),
          'ratelimit-reset': fc.oneof(word, fc.nat().map(String)),
          'ratelimit-remaining': fc.constantFrom('0', '1'),
          date: fc.oneof(word, fc.constant('Mon, 26 Oct 2026 00:00:00 GMT')),
          'x-oauth-scopes': word,
        },
        { requiredKeys: [], noNullPrototype: true },
      ),
      text,
    }),
    weight: 9,
  },
  fc
    .tuple(
      fc.oneof(fc.constantFrom('ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'CERT_HAS_EXPIRED'), word),
      fc.boolean(),
    )
    .map(([code, neverSent]) => new NoAnswer(code, neverSent)),
);

describeProperty<Connect>('the API client', {
  property: (subject) =>
    fc.asyncProperty(
      fc.constantFrom(...CALLS),
      fc.array(answer, { minLength: 1, maxLength: 5 }),
      async ([kind, call], answers) => {
        const { sent, send } = scripted(answers);
        const outcome = await call(subject(send, redact)).then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        );
        expectRequests(sent);
        if ('error' in outcome) expectError(outcome.error, sent);
        else expectModel(kind, outcome.value);
      },
    ),
  real: connect,
  mutants: {
    'repeats a create whatever came of it': (send, clean) =>
      connect(async (request) => {
        const first = await send(request);
        return request.method === 'POST' && first.status >= 500 ? await send(request) : first;
      }, clean),
    'says in its errors what it sent': (send) => connect(send, (said) => said),
    'fails in the words of its parser': wrapped((error) =>
      error instanceof ApiError && error.code === 'answer-unreadable'
        ? new SyntaxError('bad')
        : error,
    ),
    'sends the token where a body leads': (send, clean) =>
      connect(async (request) => {
        const found = await send(request);
        const link = /https:\/\/evil\.example[^"]*/.exec(found.text)?.[0];
        return link === undefined ? found : await send({ ...request, url: new URL(link) });
      }, clean),
    'takes a lost answer to a create for a refusal': wrapped((error) =>
      error instanceof ApiError && error.code === 'answer-lost' && error.status === undefined
        ? new ApiError({ code: 'request-refused', message: 'No.', status: 422 })
        : error,
    ),
    'gives half an account': (send, clean) => {
      const api = connect(send, clean);
      return {
        ...api,
        getAccount: async () => ({
          ...(await api.getAccount()),
          email: undefined as unknown as string,
        }),
      };
    },
  },
});

/** Gives the answers in order, and the last one for ever. */
function scripted(answers: readonly (HttpAnswer | NoAnswer)[]): { sent: Sent[]; send: Send } {
  const sent: Sent[] = [];
  return {
    sent,
    send: (request) => {
      const given = answers[Math.min(sent.length, answers.length - 1)]!;
      sent.push({ request, given });
      ok(sent.length < MAX_REQUESTS, 'requests without end');
      return given instanceof NoAnswer ? Promise.reject(given) : Promise.resolve(given);
    },
  };
}

interface Sent {
  readonly request: HttpRequest;
  readonly given: HttpAnswer | NoAnswer;
}

/** The token goes to the API alone, and a create that may have been done is not sent again. */
function expectRequests(sent: readonly Sent[]): void {
  deepStrictEqual(
    sent.filter(({ request }) => request.url.host !== BASE.host),
    [],
  );
  const creates = sent.filter(({ request }) => request.method === 'POST');
  for (const { given } of creates.slice(0, -1)) ok(isRefusal(given), 'created twice');
}

function isRefusal(given: HttpAnswer | NoAnswer): boolean {
  if (given instanceof NoAnswer) return given.neverSent;
  return given.status >= 400 && given.status < 500 && given.status !== 408;
}

function expectError(error: unknown, sent: readonly Sent[]): void {
  ok(error instanceof ApiError, `failed with ${String(error)}`);
  const { code, message, hint = '', reason, apiId = '', apiMessage = '', requestId = '' } = error;
  const said = [message, hint, reason, apiId, apiMessage, requestId].join(' ');
  match(code, /^[a-z]+(-[a-z]+)*$/);
  ok(message !== '' && hint !== '', 'an error without words');
  ok(!said.includes(TOKEN) && !JSON.stringify(error).includes(TOKEN), 'the token in an error');
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  ok(!/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(said), 'a control in an error');
  // Whoever reads "refused" does not look for what may have been made.
  const create = sent.findLast(({ request }) => request.method === 'POST');
  if (create !== undefined && create === sent.at(-1) && !isRefusal(create.given))
    strictEqual(code, 'answer-lost');
}

function expectModel(kind: Kind | undefined, value: unknown): void {
  if (kind === undefined || value === undefined) return;
  strictEqual(modelProblem(kind, Array.isArray(value) ? { items: value } : value), undefined);
}

/** The real client, with its errors changed. */
function wrapped(change: (error: unknown) => unknown): Connect {
  return (send, clean) => {
    const api = connect(send, clean);
    const entries = Object.entries(api).map(([name, call]) => [
      name,
      (...args: readonly unknown[]) =>
        (call as (...all: readonly unknown[]) => Promise<unknown>)(...args).catch(
          (error: unknown) => {
            throw change(error);
          },
        ),
    ]);
    return Object.fromEntries(entries) as Api;
  };
}
