import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../fixtures/open-sandbox.js';
import { connectProxyDial } from '../../src/services/network/dial.js';
import { checkedApi, dropletRequest } from './checked-api.js';
import { createTestDroplet } from './droplet-fixture.js';

const run = promisify(execFile);
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ delays: NO_DELAYS });
});
afterAll(() => sandbox.close());

/** The system's error code, or `connected`. */
async function reach(host: string, port: number, from: Sandbox = sandbox): Promise<string> {
  const dial = connectProxyDial(from.url);
  return await dial(host, port, { timeoutMs: 5000 }).then(
    (socket) => {
      socket.destroy();
      return 'connected';
    },
    (error: unknown) => String((error as { code?: string }).code),
  );
}

async function otherSandbox(options: SandboxOptions): Promise<Sandbox> {
  const other = await startSandbox(options);
  onTestFinished(() => other.close());
  return other;
}

/** A droplet of that sandbox, and its address. */
async function create(from: Sandbox): Promise<{ id: number; address: string }> {
  const { body } = await checkedApi(from.url)('POST', '/v2/droplets', dropletRequest());
  const id = body.droplet!.id;
  return { id, address: from.state().droplets.find((droplet) => droplet.id === id)!.address };
}

describe('the way to droplets', () => {
  it('leads to sshd, to no panel before the installation, and to no other port', async () => {
    const { address } = await create(sandbox);
    expect(await reach(address, 22)).toBe('connected');
    expect(await reach(address, 9292)).toBe('ECONNREFUSED');
    expect(await reach(address, 3100)).toBe('ECONNREFUSED');
  });

  it('does not lead to one that is off or gone, nor where there never was one', async () => {
    const { id, address } = await create(sandbox);
    sandbox.controls.setPower(id, false);
    expect(await reach(address, 22)).toBe('ETIMEDOUT');
    sandbox.controls.setPower(id, true);
    expect(await reach(address, 22)).toBe('connected');
    sandbox.controls.vanish(id);
    expect(await reach(address, 22)).toBe('ETIMEDOUT');
    expect(await reach('203.0.113.9', 22)).toBe('EHOSTUNREACH');
  });

  it('opens when the droplet has booted', async () => {
    const booting = await otherSandbox({ delays: { ...NO_DELAYS, bootMs: 3_600_000 } });
    const { address } = await create(booting);
    expect(await reach(address, 22, booting)).toBe('ECONNREFUSED');
  });

  it('closes for a moment when cloud-init restarts sshd', async () => {
    const delays = { ...NO_DELAYS, sshRestartMs: 3_600_000 };
    const restarting = await otherSandbox({ delays });
    const { address } = await create(restarting);
    expect(await reach(address, 22, restarting)).toBe('ECONNREFUSED');
  });

  it('does not lead out of the sandbox', async () => {
    expect(await reach('192.0.2.1', 443)).toBe('ENETUNREACH');
    expect(await reach('example.com', 443)).toBe('ENETUNREACH');
    expect(await reach('127.0.0.1', 22)).toBe('ENETUNREACH');
    expect(await reach('fra1.digitaloceanspaces.com', 80)).toBe('ENETUNREACH');
    const failed = run('curl', ['-sSv', '-x', sandbox.url, 'https://example.com/']);
    await expect(failed).rejects.toThrow(/ENETUNREACH/i);
  });
});

describe('regions', () => {
  it('are as far as the table says, one does not answer', async () => {
    const far = await otherSandbox({
      delays: { ...NO_DELAYS, roundTrips: 1 },
      latencies: { fra1: 1, sgp1: 300, syd1: 'fails' },
    });
    const measure = async (region: string): Promise<number> => {
      const start = performance.now();
      await reach(`${region}.digitaloceanspaces.com`, 443, far);
      return performance.now() - start;
    };
    const [near, distant] = await Promise.all([measure('fra1'), measure('sgp1')]);
    expect(distant).toBeGreaterThanOrEqual(300);
    expect(near).toBeLessThan(distant);
    expect(await reach('syd1.digitaloceanspaces.com', 443, far)).toBe('ETIMEDOUT');
    expect(await reach('zzz1.digitaloceanspaces.com', 443, far)).toBe('ENOTFOUND');
  });

  it('are recorded as calls', async () => {
    await reach('lon1.digitaloceanspaces.com', 443);
    expect(sandbox.calls.at(-1)).toMatchObject({
      method: 'CONNECT',
      target: 'lon1.digitaloceanspaces.com:443',
      status: 200,
    });
  });
});

describe('close', () => {
  it('ends every connection', async () => {
    const closing = await startSandbox({ delays: NO_DELAYS });
    const { address } = await createTestDroplet(closing);
    const socket = await connectProxyDial(closing.url)(address, 22, { timeoutMs: 5000 });
    socket.on('error', () => undefined);
    const ended = new Promise((resolve) => socket.on('close', resolve));
    socket.resume();
    await closing.close();
    await ended;
    await expect(fetch(closing.url)).rejects.toThrow();
  });
});
