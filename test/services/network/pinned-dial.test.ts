import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Dial } from '../../../src/services/network/dial.js';
import { directDial } from '../../../src/services/network/direct-dial.js';
import { networkError } from '../../../src/services/network/network-error.js';
import { pinnedDial } from '../../../src/services/network/pinned-dial.js';

const OPTIONS = { timeoutMs: 10_000 };

/** Fails for every address but the last, and keeps what it was asked for. */
function failing(code: string) {
  const asked: { host: string; port: number; timeoutMs: number }[] = [];
  const dial: Dial = (host, port, { timeoutMs }) => {
    asked.push({ host, port, timeoutMs });
    return Promise.reject(networkError(`${code}_${asked.length}`, 'no'));
  };
  return { asked, dial };
}

async function server(): Promise<number> {
  const listening = createServer((socket) => socket.on('error', () => undefined)).listen(
    0,
    '127.0.0.1',
  );
  await once(listening, 'listening');
  onTestFinished(() => void listening.close());
  return (listening.address() as AddressInfo).port;
}

describe('a pinned dial', () => {
  it('goes to its address, whatever host is asked for', async () => {
    const port = await server();
    const connected: string[] = [];
    const dial = pinnedDial([{ address: '127.0.0.1' }], directDial, (to) => connected.push(to));
    const socket = await dial('panel.example.com', port, OPTIONS);
    expect(socket.remoteAddress).toBe('127.0.0.1');
    expect(connected).toEqual(['127.0.0.1']);
    socket.destroy();
  });

  it('tries one after another, and tells which one it was', async () => {
    const port = await server();
    const connected: string[] = [];
    // Nobody listens on the second address of loopback.
    const addresses = [{ address: '127.0.0.2' }, { address: '127.0.0.1' }];
    const dial = pinnedDial(addresses, directDial, (to) => connected.push(to));
    (await dial('x', port, OPTIONS)).destroy();
    expect(connected).toEqual(['127.0.0.1']);
  });

  it('fails as the first did when all fail, within the time given', async () => {
    const { asked, dial } = failing('E');
    const pinned = pinnedDial([{ address: 'a' }, { address: 'b' }], dial);
    await expect(pinned('host', 9292, OPTIONS)).rejects.toMatchObject({ code: 'E_1' });
    expect(asked.map(({ host, port }) => [host, port])).toEqual([
      ['a', 9292],
      ['b', 9292],
    ]);
    expect(asked[0]!.timeoutMs).toBeLessThanOrEqual(OPTIONS.timeoutMs / 2 + 1);
    expect(asked[1]!.timeoutMs).toBeLessThanOrEqual(OPTIONS.timeoutMs);
  });

  it('goes on to no other address once it is given up', async () => {
    const stop = new AbortController();
    const asked: string[] = [];
    const dial: Dial = (host) => {
      asked.push(host);
      stop.abort();
      return Promise.reject(new Error('aborted'));
    };
    const pinned = pinnedDial([{ address: 'a' }, { address: 'b' }], dial);
    await expect(pinned('host', 1, { ...OPTIONS, signal: stop.signal })).rejects.toThrow('aborted');
    expect(asked).toEqual(['a']);
  });

  it('reaches nothing without an address', async () => {
    await expect(pinnedDial([], directDial)('host', 1, OPTIONS)).rejects.toMatchObject({
      code: 'ENOTFOUND',
    });
  });
});
