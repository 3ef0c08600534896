import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { headless } from '../faults/headless.js';

const LIMIT_MS = 60_000;

it(
  'a proxy of the environment is not used, and doctor says so without showing its password',
  async () => {
    let visits = 0;
    const proxy = createServer((socket) => {
      visits++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void proxy.close());
    const url = `http://someone:hunter2@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const person = await headless(0, { HTTPS_PROXY: url, http_proxy: url, ALL_PROXY: url });
    const made = await person.runs('provision', '--region', 'fra1', '--label', 'edge');
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    const { stdout } = await person.runs('doctor');
    expect(stdout).toMatch(
      /^note +Network +HTTPS_PROXY, http_proxy, ALL_PROXY are set, and not used/m,
    );
    expect(stdout).not.toContain('hunter2');
    expect(visits).toBe(0);
  },
  LIMIT_MS,
);
