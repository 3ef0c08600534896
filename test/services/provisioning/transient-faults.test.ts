import type { LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { plainLine } from '../../../src/cli/record-lines.js';
import type { ApiFaultInput } from '../../../src/sandbox/faults/api-faults.js';
import { networkError } from '../../../src/services/network/dial.js';
import { type ProvisioningWorld, provisioningWorld } from '../../fixtures/provisioning.js';

type Fault = ApiFaultInput extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'match'>
    : never
  : never;

/** What goes wrong, and what is said while it is waited for. */
const FAULTS: readonly (readonly [name: string, fault: Fault, says: string])[] = [
  [
    '429 with Retry-After',
    { kind: 'status', status: 429, retryAfterSeconds: 2 },
    'DigitalOcean is rate limiting, next try in 2 s',
  ],
  [
    '429 without a word',
    { kind: 'status', status: 429 },
    'DigitalOcean is rate limiting, next try in 1 s',
  ],
  ['500', { kind: 'status', status: 500 }, 'DigitalOcean failed with 500, next try in 1 s'],
  ['503', { kind: 'status', status: 503 }, 'DigitalOcean failed with 503, next try in 1 s'],
  [
    '502 with a page, a proxy’s',
    { kind: 'html' },
    'a proxy or gateway before DigitalOcean answered 502, next try in 1 s',
  ],
  ['truncated JSON', { kind: 'truncated' }, 'the answer is not from DigitalOcean’s API'],
  ['wrong types', { kind: 'wrong-type' }, 'the answer is not from DigitalOcean’s API'],
  ['a reset', { kind: 'reset' }, 'was lost (ECONNRESET), next try in 1 s'],
  ['an answer that is cut off', { kind: 'cut' }, 'was lost (ECONNRESET), next try in 1 s'],
  ['silence', { kind: 'hang' }, 'does not answer in time (ETIMEDOUT), next try in 1 s'],
];

async function wordsOf(world: ProvisioningWorld): Promise<string[]> {
  const waiting = (await world.records()).filter(({ event }) => event === 'waiting');
  return waiting.map((record) => plainLine(record, { sandbox: false }) ?? '');
}

/** Fails this often, then finds this machine. */
function failingLookup(code: string, times: number): LookupFunction {
  let left = times;
  return (_name, options, callback) => {
    if (left-- > 0) callback(networkError(code, `getaddrinfo ${code}`), '');
    else if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
    else callback(null, '127.0.0.1', 4);
  };
}

describe('a create that was answered with 500', () => {
  it.each([
    ['/v2/account/keys', 'DigitalOcean failed with 500; checking whether the key was added'],
    ['/v2/droplets', 'DigitalOcean failed with 500; checking whether the droplet was created'],
  ])('is not called unanswered: %s', async (path, says) => {
    const world = await provisioningWorld({ answerLimitMs: 300 });
    const match = { method: 'POST', path, nth: 1 } as const;
    world.sandbox.controls.addFault({ kind: 'status', status: 500, match });
    await world.run();
    const words = (await wordsOf(world)).join('\n');
    expect(words).toContain(says);
    expect(words).not.toContain('did not answer');
  });
});

describe('a fault that passes', () => {
  it.each(FAULTS)('is told with the next try and costs nothing: %s', async (_name, fault, says) => {
    const world = await provisioningWorld({ answerLimitMs: 300 });
    for (const match of [
      { method: 'GET', path: '/v2/account' },
      { method: 'GET', path: '/v2/droplets/*', nth: 1 },
    ]) {
      world.sandbox.controls.addFault({ ...fault, match });
    }
    expect(await world.run()).toBe('succeeded');
    const words = await wordsOf(world);
    expect(words.filter((line) => line.includes(says)).length).toBeGreaterThanOrEqual(2);
    for (const line of words) expect(line).toMatch(/^ {4}waiting: /);
    expect(world.created().droplets).toHaveLength(1);
  });

  it.each(['ENOTFOUND', 'EAI_AGAIN'])('is a name that is not found: %s', async (code) => {
    const world = await provisioningWorld({ lookup: failingLookup(code, 6) });
    expect(await world.run()).toBe('succeeded');
    expect((await wordsOf(world)).join('\n')).toMatch(
      new RegExp(
        `waiting: the name localhost:\\d+ cannot be resolved \\(${code}\\), next try in \\d s`,
      ),
    );
  });
});
