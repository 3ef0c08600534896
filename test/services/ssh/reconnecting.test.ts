import { afterEach, describe, expect, it } from 'vitest';
import { connectSsh } from '../../../src/services/ssh/connect.js';
import { generateSshKeyPair } from '../../../src/services/ssh/keys.js';
import { ReconnectingSsh, type SshWait } from '../../../src/services/ssh/reconnecting.js';
import type { ConnectSsh, SshConnection, SshTarget } from '../../../src/services/ssh/ssh.js';
import { SshError, type SshErrorCode } from '../../../src/services/ssh/ssh-error.js';
import { ManualClock } from '../../fixtures/manual-clock.js';
import { startSshd, type TestSshd } from '../../fixtures/sshd/start.js';
import { eventually } from './eventually.js';

const TARGET: SshTarget = {
  host: '203.0.113.7',
  port: 22,
  username: 'root',
  privateKey: '',
  hostKey: '',
  dial: () => Promise.reject(new Error('not used')),
};

function failure(code: SshErrorCode, retryable = false): SshError {
  return new SshError({ code, message: `${code}.`, retryable });
}

/** A connection that does nothing but be open. */
class OpenConnection implements SshConnection {
  readonly hostKeySha256 = 'SHA256:x';
  closed = false;
  exec = () => Promise.reject(new Error('not used'));
  writeFile = () => Promise.reject(new Error('not used'));
  close(): void {
    this.closed = true;
  }
}

/** Answers each try with the next of the list, and with the last one from then on. */
function scripted(...answers: readonly (SshError | 'open')[]): {
  connect: ConnectSsh;
  opened: OpenConnection[];
  tries: () => number;
} {
  const opened: OpenConnection[] = [];
  let tries = 0;
  const connect: ConnectSsh = () => {
    const answer = answers[Math.min(tries++, answers.length - 1)]!;
    if (answer !== 'open') return Promise.reject(answer);
    const connection = new OpenConnection();
    opened.push(connection);
    return Promise.resolve(connection);
  };
  return { connect, opened, tries: () => tries };
}

function shellOn(
  connect: ConnectSsh,
  options: { budgetMs?: number; authenticationGraceMs?: number } = {},
): { shell: ReconnectingSsh; clock: ManualClock; waits: SshWait[] } {
  const clock = new ManualClock();
  const shell = new ReconnectingSsh(connect, TARGET, { clock, ...options });
  const waits: SshWait[] = [];
  shell.onWaiting((wait) => waits.push(wait));
  return { shell, clock, waits };
}

describe('ReconnectingSsh', () => {
  it('connects when it is first used, once, and shares the connection', async () => {
    const { connect, tries } = scripted('open');
    const { shell } = shellOn(connect);
    expect(tries()).toBe(0);
    const used = await Promise.all([
      shell.use((connection) => Promise.resolve(connection)),
      shell.use((connection) => Promise.resolve(connection)),
    ]);
    expect(used[0]).toBe(used[1]);
    expect(tries()).toBe(1);
  });

  it('waits five seconds at most for a server that is starting, and the whole time for one it knows', async () => {
    const dialled: number[] = [];
    const connection = new OpenConnection();
    const connect: ConnectSsh = async ({ dial }, { timeoutMs }) => {
      await dial('', 0, { timeoutMs }).catch(() => undefined);
      if (dialled.length === 1) throw failure('connection-timeout', true);
      connection.closed = false;
      return connection;
    };
    const dial: SshTarget['dial'] = (_host, _port, { timeoutMs }) => {
      dialled.push(timeoutMs);
      return Promise.reject(new Error('nothing there'));
    };
    const shell = new ReconnectingSsh(connect, { ...TARGET, dial }, { clock: new ManualClock() });
    await shell.use(() => Promise.resolve());
    connection.close();
    await shell.use(() => Promise.resolve());
    expect(dialled).toEqual([5_000, 5_000, 20_000]);
  });

  it('makes one try when it is asked for one, and keeps the connection for use', async () => {
    const { connect, tries, opened } = scripted(failure('connection-refused', true), 'open');
    const { shell, waits } = shellOn(connect);
    const { signal } = new AbortController();
    await expect(shell.connectOnce(signal)).rejects.toMatchObject({ code: 'connection-refused' });
    expect([tries(), waits]).toEqual([1, []]);
    await shell.connectOnce(signal);
    expect(await shell.use((connection) => Promise.resolve(connection))).toBe(opened[0]);
    expect(tries()).toBe(2);
  });

  it('waits longer and longer, says for what, and goes on', async () => {
    const refused = failure('connection-refused', true);
    const { connect } = scripted(...Array.from({ length: 8 }, () => refused), 'open');
    const { shell, clock, waits } = shellOn(connect);
    expect(await shell.use(() => Promise.resolve('done'))).toBe('done');
    expect(clock.sleeps).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
    expect(waits.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(waits[4]).toMatchObject({
      error: { code: 'connection-refused' },
      text: 'connection-refused. Next try in 4 s.',
      retryInMs: 4_000,
    });
  });

  it('gives up when the budget is used up, and says after how long', async () => {
    const { connect } = scripted(failure('connection-timeout', true));
    const { shell, clock } = shellOn(connect, { budgetMs: 60_000 });
    await expect(shell.use(() => Promise.resolve())).rejects.toMatchObject({
      code: 'connection-timeout',
      message: 'connection-timeout. Given up after 60 s.',
      retryable: false,
    });
    expect(clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(60_000);
  });

  it('calls the work again after a connection that was lost', async () => {
    const { connect, opened } = scripted('open');
    const { shell } = shellOn(connect);
    const used: SshConnection[] = [];
    await shell.use((connection) => {
      used.push(connection);
      if (used.length === 3) return Promise.resolve();
      connection.close();
      return Promise.reject(failure('connection-lost', true));
    });
    expect(used).toEqual(opened);
    expect(opened).toHaveLength(3);
  });

  it('does not add up troubles that have good times between them', async () => {
    const { connect } = scripted('open');
    const { shell, clock } = shellOn(connect, { budgetMs: 60_000 });
    let calls = 0;
    await shell.use((connection) => {
      if (++calls === 20) return Promise.resolve();
      clock.advance(20_000);
      connection.close();
      return Promise.reject(failure('connection-lost', true));
    });
    expect(clock.sleeps).toEqual(Array.from({ length: 19 }, () => 250));
  });

  it('gives up on connections that never hold', async () => {
    const { connect } = scripted('open');
    const { shell, clock } = shellOn(connect, { budgetMs: 60_000 });
    const lost = shell.use((connection) => {
      clock.advance(100);
      connection.close();
      return Promise.reject(failure('connection-lost', true));
    });
    await expect(lost).rejects.toMatchObject({ code: 'connection-lost', retryable: false });
  });

  it('stops at once for a changed host key', async () => {
    const { connect, tries } = scripted(
      failure('connection-refused', true),
      failure('host-key-changed'),
      'open',
    );
    const { shell } = shellOn(connect);
    await expect(shell.use(() => Promise.resolve())).rejects.toMatchObject({
      code: 'host-key-changed',
    });
    expect(tries()).toBe(2);
  });

  it('retries a refused key for a minute while the server boots, then says so as it is', async () => {
    const refused = failure('authentication-failed');
    const patient = shellOn(scripted(refused, refused, refused, 'open').connect);
    expect(await patient.shell.use(() => Promise.resolve('in'))).toBe('in');
    const { shell, clock } = shellOn(scripted(refused).connect);
    await expect(shell.use(() => Promise.resolve())).rejects.toBe(refused);
    expect(clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(60_000);
  });

  it('stops at once for a refused key once it had been accepted', async () => {
    const { connect, tries } = scripted('open', failure('authentication-failed'), 'open');
    const { shell } = shellOn(connect);
    const lost = shell.use((connection) => {
      connection.close();
      return Promise.reject(failure('connection-lost', true));
    });
    await expect(lost).rejects.toMatchObject({ code: 'authentication-failed' });
    expect(tries()).toBe(2);
  });

  it('hands on what the work itself throws, and keeps the connection', async () => {
    const { connect, tries } = scripted('open');
    const { shell } = shellOn(connect);
    const broken = new Error('not about the connection');
    await expect(shell.use(() => Promise.reject(broken))).rejects.toBe(broken);
    await expect(shell.use(() => Promise.reject(failure('file-missing')))).rejects.toMatchObject({
      code: 'file-missing',
    });
    await shell.use(() => Promise.resolve());
    expect(tries()).toBe(1);
  });

  it('ends with the signal’s reason while it waits or connects', async () => {
    const reason = new Error('no longer wanted');
    const waiting = new AbortController();
    const { shell } = shellOn(scripted(failure('connection-refused', true)).connect);
    shell.onWaiting(() => waiting.abort(reason));
    await expect(shell.use(() => Promise.resolve(), waiting.signal)).rejects.toBe(reason);
    const connecting = new AbortController();
    const hanging = shellOn(() => new Promise(() => {})).shell;
    const used = hanging.use(() => Promise.resolve(), connecting.signal);
    connecting.abort(reason);
    await expect(used).rejects.toBe(reason);
  });

  it('closes its connection when disposed, also one that comes too late', async () => {
    const { connect, opened } = scripted('open');
    const { shell } = shellOn(connect);
    await shell.use(() => Promise.resolve());
    shell.dispose();
    expect(opened[0]?.closed).toBe(true);
    await expect(shell.use(() => Promise.resolve())).rejects.toMatchObject({
      code: 'connection-lost',
    });
    const late = new OpenConnection();
    let arrive: ((connection: SshConnection) => void) | undefined;
    const slow = shellOn(
      () =>
        new Promise((resolve) => {
          arrive = resolve;
        }),
    ).shell;
    const used = slow.use(() => Promise.resolve());
    slow.dispose();
    arrive?.(late);
    await expect(used).rejects.toMatchObject({ code: 'connection-lost' });
    expect(late.closed).toBe(true);
  });
});

describe('ReconnectingSsh against OpenSSH', () => {
  let sshd: TestSshd | undefined;
  let shell: ReconnectingSsh | undefined;
  afterEach(async () => {
    shell?.dispose();
    await sshd?.stop();
  });

  it('goes through a boot: refused, then up, cut off, restarted', async () => {
    sshd = await startSshd();
    const server = sshd;
    await server.halt();
    shell = new ReconnectingSsh(connectSsh, server.target);
    const seen = new Set<string>();
    shell.onWaiting(({ error: { code } }) => seen.add(code));
    let calls = 0;
    const used = shell.use(async (connection) => {
      calls++;
      if (calls < 3) {
        const command = connection.exec('sleep 60');
        command.catch(() => {});
        await eventually(() => server.serving().length).toBeGreaterThan(0);
        if (calls === 1) server.cutConnections();
        else await server.halt().then(() => void setTimeout(() => void server.start(), 400));
        await command;
      }
      return await connection.exec('exit 5');
    });
    await eventually(() => seen.has('connection-refused')).toBe(true);
    await server.start();
    expect((await used).exitCode).toBe(5);
    expect(calls).toBe(3);
    expect(seen.has('connection-lost')).toBe(true);
  });

  it('waits for a key that cloud-init has not written yet', async () => {
    const { rename } = await import('node:fs/promises');
    sshd = await startSshd();
    const file = `${sshd.root}/root/.ssh/authorized_keys`;
    await rename(file, `${file}.later`);
    shell = new ReconnectingSsh(connectSsh, sshd.target);
    shell.onWaiting(({ error: { code } }) => {
      expect(code).toBe('authentication-failed');
      void rename(`${file}.later`, file).catch(() => {});
    });
    expect((await shell.use((connection) => connection.exec('true'))).exitCode).toBe(0);
  });

  it('stops at once at another host key', async () => {
    sshd = await startSshd();
    const hostKey = generateSshKeyPair('').publicKey;
    shell = new ReconnectingSsh(connectSsh, { ...sshd.target, hostKey });
    let waits = 0;
    shell.onWaiting(() => waits++);
    await expect(shell.use(() => Promise.resolve())).rejects.toMatchObject({
      code: 'host-key-changed',
    });
    expect(waits).toBe(0);
  });
});
