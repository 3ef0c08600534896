import { once } from 'node:events';
import { createServer, Socket, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/core/time.js';
import {
  latencyEndpoint,
  measureRegions,
  type RegionLatency,
} from '../../../src/services/latency/measure-regions.js';
import { worldPosition } from '../../../src/services/latency/world-positions.js';
import { type Dial, directDial } from '../../../src/services/network/dial.js';
import regions from '../../../src/sandbox/fixtures/regions.json' with { type: 'json' };
import { ManualClock } from '../../fixtures/manual-clock.js';

/** A socket that ends at this address. */
function socketTo(address: string | undefined): Socket {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: address });
  return socket;
}

function networkError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** A network in which a connect takes the next of the given times, milliseconds; a text is an error code. */
function network(
  clock: ManualClock,
  times: Readonly<Record<string, readonly (number | string)[]>>,
  addressOf: (host: string) => string | undefined = () => undefined,
) {
  const dialed: string[] = [];
  const used = new Map<string, number>();
  const dial: Dial = (host, port) => {
    dialed.push(`${host}:${port}`);
    const name = host.replace(/\.digitaloceanspaces\.com$/, '');
    const index = used.get(name) ?? 0;
    used.set(name, index + 1);
    const time = times[name]?.[index] ?? times[name]?.at(-1) ?? 'ENOTFOUND';
    if (typeof time === 'string') return Promise.reject(networkError(time));
    clock.advance(time);
    return Promise.resolve(socketTo(addressOf(host)));
  };
  return { dial, dialed };
}

async function measure(slugs: readonly string[], dial: Dial, clock: ManualClock) {
  const seen: [string, RegionLatency][] = [];
  await measureRegions(slugs, {
    dial,
    clock,
    onSample: (slug, latency) => seen.push([slug, latency]),
  });
  return { seen, last: (slug: string) => seen.findLast(([each]) => each === slug)?.[1] };
}

describe('measuring regions', () => {
  it('publishes the first sample at once, and leaves it out when there are better ones', async () => {
    const clock = new ManualClock();
    const { dial } = network(clock, { fra1: [90, 10, 14, 11, 30, 10] });
    const { seen, last } = await measure(['fra1'], dial, clock);
    expect(seen[0]).toEqual([
      'fra1',
      { state: 'measured', medianMs: 90, jitterMs: 0, samplesMs: [90] },
    ]);
    expect(seen[1]?.[1]).toMatchObject({ medianMs: 10, samplesMs: [10] });
    expect(last('fra1')).toEqual({
      state: 'measured',
      medianMs: 11,
      jitterMs: 1,
      samplesMs: [10, 14, 11, 30, 10],
    });
  });

  it('takes the middle of an even number of samples', async () => {
    const clock = new ManualClock();
    const { dial } = network(clock, { fra1: [90, 10, 20, 'ETIMEDOUT', 30, 60] });
    const { last } = await measure(['fra1'], dial, clock);
    expect(last('fra1')).toMatchObject({ medianMs: 25, samplesMs: [10, 20, 30, 60] });
  });

  it('connects to the measuring points’ HTTPS port, and to one that two regions share only once', async () => {
    const clock = new ManualClock();
    const { dial, dialed } = network(clock, { nyc3: [5], sfo3: [7] });
    const { last } = await measure(['nyc1', 'nyc2', 'sfo2'], dial, clock);
    expect(new Set(dialed)).toEqual(
      new Set(['nyc3.digitaloceanspaces.com:443', 'sfo3.digitaloceanspaces.com:443']),
    );
    expect(dialed.filter((host) => host.startsWith('nyc3'))).toHaveLength(6);
    expect(last('nyc1')).toEqual(last('nyc2'));
    expect(last('sfo2')).toMatchObject({ medianMs: 7 });
  });

  it('keeps a region whose probe fails, with the reason, after a second try', async () => {
    const clock = new ManualClock();
    const { dial, dialed } = network(clock, {
      fra1: ['ETIMEDOUT', 12],
      ams3: ['ECONNREFUSED'],
      lon1: ['EWHATEVER'],
    });
    const { last } = await measure(['fra1', 'ams3', 'lon1', 'mem1', 'constructor'], dial, clock);
    expect(last('fra1')).toMatchObject({ state: 'measured', medianMs: 12 });
    expect(last('ams3')).toEqual({ state: 'failed', reason: 'the connection was refused' });
    expect(last('lon1')).toEqual({ state: 'failed', reason: 'the connection failed' });
    expect(last('mem1')).toMatchObject({ state: 'failed' });
    expect(last('constructor')).toMatchObject({ state: 'failed' });
    expect(dialed.filter((host) => host.startsWith('ams3'))).toHaveLength(2);
  });

  it('looks a name up once, but never takes a proxy’s address for that of the region', async () => {
    const clock = new ManualClock();
    const direct = network(clock, { fra1: [5] }, () => '203.0.113.7');
    await measure(['fra1'], direct.dial, clock);
    expect(direct.dialed.map((host) => host.split(':')[0])).toEqual([
      'fra1.digitaloceanspaces.com',
      ...Array.from({ length: 5 }, () => '203.0.113.7'),
    ]);
    const proxied = network(clock, { fra1: [5] }, () => '127.0.0.1');
    await measure(['fra1'], proxied.dial, clock);
    expect(new Set(proxied.dialed).size).toBe(1);
  });

  it('measures all regions at once: one that hangs holds up no other', async () => {
    const clock = new ManualClock();
    const quick = network(clock, { fra1: [5] });
    let release: (error: Error) => void = () => {};
    const dial: Dial = (host, ...rest) =>
      host.startsWith('ams3')
        ? new Promise((_resolve, reject) => (release = reject))
        : quick.dial(host, ...rest);
    const seen: string[] = [];
    const done = measureRegions(['ams3', 'fra1'], {
      dial,
      clock,
      onSample: (slug, { state }) => {
        seen.push(`${slug} ${state}`);
        if (seen.length === 6) release(networkError('ETIMEDOUT'));
      },
    });
    while (seen.length < 6) await new Promise(setImmediate);
    expect(new Set(seen)).toEqual(new Set(['fra1 measured']));
    // The second try of the one that hangs.
    await new Promise(setImmediate);
    release(networkError('ETIMEDOUT'));
    await done;
    expect(seen.at(-1)).toBe('ams3 failed');
  });

  it('closes its connections, and stops on abort with the caller’s reason', async () => {
    const open = new Set<Socket>();
    const server = createServer((socket) => {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => open.delete(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const stop = new AbortController();
    let samples = 0;
    const measuring = measureRegions(['fra1', 'ams3'], {
      dial: (_host, _port, options) => directDial('127.0.0.1', port, options),
      clock: systemClock,
      signal: stop.signal,
      onSample: () => {
        if (++samples === 4) stop.abort(new Error('left the screen'));
      },
    });
    await expect(measuring).rejects.toThrow('left the screen');
    expect(samples).toBe(4);
    while (open.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

describe('what is known of the regions', () => {
  const slugs = (regions as { regions: { slug: string }[] }).regions.map((region) => region.slug);

  it('places every region of DigitalOcean on the map', () => {
    expect(slugs.length).toBeGreaterThan(10);
    expect(slugs.filter((slug) => worldPosition(slug) === undefined)).toEqual([]);
    expect(worldPosition('toString')).toBeUndefined();
  });

  it('has a measuring point for every region with a small droplet', () => {
    const small = ['ams3', 'fra1', 'nyc1', 'nyc2', 'sfo2', 'sfo3', 'sgp1', 'syd1'];
    expect(small.filter((slug) => latencyEndpoint(slug) === undefined)).toEqual([]);
  });
});
