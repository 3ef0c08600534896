import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keyOfFile, keysOfAgent, keysOfGitHub } from '../../../src/services/ssh/key-sources.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const { signal } = new AbortController();

/** Makes a key pair with ssh-keygen; gives its paths and its fingerprint. */
async function keygen(type: string) {
  const path = join(await temporaryFolder(), `id_${type}`);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'me@laptop', '-f', path]);
  const listed = execFileSync('ssh-keygen', ['-lf', `${path}.pub`], { encoding: 'utf8' });
  return { path, file: `${path}.pub`, sha256: listed.split(' ')[1]! };
}

/** A GitHub that has the keys of one user. */
async function github(user: string, body: string): Promise<string> {
  const server = createServer((request, response) => {
    response.statusCode = request.url === `/${user}.keys` ? 200 : 404;
    response.end(response.statusCode === 200 ? body : 'Not Found');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('a public key', () => {
  it.each(['ed25519', 'ecdsa', 'rsa'])(
    'of type %s is read as ssh-keygen shows it',
    async (type) => {
      const { file, sha256 } = await keygen(type);
      const key = await keyOfFile(file);
      expect(key).toMatchObject({ sha256, comment: 'me@laptop' });
      expect(readFileSync(file, 'utf8')).toBe(`${key.line} me@laptop\n`);
    },
  );

  it('is never taken from a file with a private one, or with more than a key', async () => {
    const { path, file } = await keygen('ed25519');
    await expect(keyOfFile(path)).rejects.toMatchObject({ code: 'ssh-key-private' });
    const key = readFileSync(file, 'utf8');
    writeFileSync(file, `command="rm -r /" ${key}`);
    await expect(keyOfFile(file)).rejects.toMatchObject({ code: 'ssh-key-invalid' });
    writeFileSync(file, key + key);
    await expect(keyOfFile(file)).rejects.toMatchObject({ code: 'ssh-key-invalid' });
    writeFileSync(file, 'sk-ssh-ed25519@openssh.com AAAA');
    await expect(keyOfFile(file)).rejects.toThrow('type sk-ssh-ed25519@openssh.com, which cannot');
    await expect(keyOfFile(`${file}.gone`)).rejects.toMatchObject({ code: 'file-missing' });
  });

  it('is found in a real agent', async () => {
    const { path, sha256 } = await keygen('ed25519');
    const socket = join(await temporaryFolder(), 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket]);
    onTestFinished(() => void agent.kill());
    await new Promise((started) => agent.stdout.once('data', started));
    expect(await keysOfAgent(socket)).toEqual([]);
    execFileSync('ssh-add', ['-q', path], { env: { SSH_AUTH_SOCK: socket } });
    expect(await keysOfAgent(socket)).toMatchObject([{ sha256, comment: 'me@laptop' }]);
    for (const none of [undefined, `${socket}-none`])
      await expect(keysOfAgent(none)).rejects.toMatchObject({ code: 'ssh-agent-missing' });
  });

  it('is read from the page of a GitHub user', async () => {
    const [one, other] = await Promise.all([keygen('ed25519'), keygen('ecdsa')]);
    const text = [one, other].map(({ file }) => readFileSync(file, 'utf8')).join('');
    const baseUrl = await github('ops', text);
    const found = await keysOfGitHub('ops', { baseUrl, signal });
    expect(found.map(({ sha256 }) => sha256)).toEqual([one.sha256, other.sha256]);
    for (const name of ['nobody', '../ops', 'a/b'])
      await expect(keysOfGitHub(name, { baseUrl, signal })).rejects.toMatchObject({
        code: 'github-user-unknown',
      });
    await expect(
      keysOfGitHub('ops', { baseUrl: 'http://127.0.0.1:9/', signal }),
    ).rejects.toMatchObject({ code: 'github-unreachable' });
  });
});
