import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endSandbox } from '../fixtures/end-sandbox.js';
import { runProgram } from '../fixtures/program.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

const REAL_TOKEN = `dop_v1_${'9'.repeat(64)}`;

/** A process of somebody else on the port that a sandbox had; it keeps what it is sent. */
async function stranger(path?: string): Promise<{ port: number; heard: () => string }> {
  let heard = '';
  const server: Server = createServer((socket) => {
    socket.on('data', (chunk) => {
      heard += String(chunk);
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    });
    socket.on('error', () => undefined);
  });
  if (path === undefined) server.listen(0, '127.0.0.1');
  else server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    heard: () => heard,
  };
}

describe('a record that a sandbox left behind', () => {
  it('leads nobody to whoever has its port now', async () => {
    const folder = await temporaryFolder();
    const home = join(folder, 'portlama');
    const own = `${home}-sandbox`;
    onTestFinished(() => endSandbox(own));
    const env = {
      HOME: folder,
      PORTLAMA_HOME: home,
      PORTLAMA_SANDBOX_DELAYS: '0',
      PORTLAMA_CLOUD_TOKEN: REAL_TOKEN,
    };
    const sandbox = (...args: readonly string[]) => runProgram(['--sandbox', ...args], { env });
    expect((await sandbox('servers')).exitCode).toBe(0);
    await endSandbox(own);
    const other = await stranger();
    const record = {
      world: 'gone',
      pid: 1,
      url: `http://127.0.0.1:${other.port}`,
      secret: 'the-secret-of-the-sandbox',
      socket: 'sandbox.0123456789ab.sock',
    };
    await writeFile(join(own, 'sandbox.json'), JSON.stringify(record), { mode: 0o600 });
    const checked = await sandbox('token', 'check');
    expect(other.heard()).toBe('');
    expect(checked.exitCode).toBe(0);
  });
});
