import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import type { Client, SFTPWrapper } from 'ssh2';
import { abortError } from '../network/dial.js';
import { connectionLost } from './ssh-error.js';
import { runCommand } from './exec.js';
import { sha256Fingerprint } from './keys.js';
import { openSession, Slots } from './sessions.js';
import { writeRemoteFile } from './sftp.js';
import type { ExecOptions, ExecResult, SshConnection } from './ssh.js';

/** OpenSSH allows ten sessions a connection (sshd_config, MaxSessions). */
const SESSIONS_MAX = 8;
/** Time limit for an orderly close before the socket is destroyed. */
const FAREWELL_MS = 1_000;

/** An SSH connection over a client that was given its socket. */
export class LiveConnection implements SshConnection {
  readonly hostKeySha256: string;
  private readonly slots = new Slots(SESSIONS_MAX);
  /** Aborted, with why, when the connection ends. */
  private readonly lost = new AbortController();
  /** One file session for all transfers, opened when first needed. */
  private sftp: Promise<SFTPWrapper> | undefined;

  constructor(
    private readonly client: Client,
    private readonly socket: Socket,
    private readonly address: string,
    hostKey: Buffer,
  ) {
    this.hostKeySha256 = sha256Fingerprint(hostKey);
    setMaxListeners(0, this.lost.signal);
    // Keep a listener for the client's whole life: an unhandled error would end the process.
    client.on('error', (error: Error) => this.handleEnd(error));
    client.on('end', () => this.handleEnd());
    client.on('close', () => this.handleEnd());
    socket.on('error', () => {});
  }

  get closed(): boolean {
    return this.lost.signal.aborted;
  }

  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    const release = await this.slots.take(options.signal);
    return runCommand(this.client, command, options, {
      address: this.address,
      lost: this.lost.signal,
      release,
    });
  }

  async writeFile(
    remotePath: string,
    content: Buffer | string,
    mode: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    return this.whileConnected(
      async () => writeRemoteFile(await this.openSftp(), remotePath, bytes, mode, signal),
      signal,
    );
  }

  close(): void {
    this.client.end();
    this.handleEnd(new Error('it was closed here'));
  }

  /** Ends with the connection or the signal, whichever comes first, even when no answer ever comes. */
  private whileConnected<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const lost = this.lost.signal;
    return new Promise((resolve, reject) => {
      // At once: on a connection that is lost the work may never end, and the signal outlives many connections.
      const stopWaiting = (): void => {
        lost.removeEventListener('abort', handleLost);
        signal?.removeEventListener('abort', handleAbort);
      };
      const fail = (error: unknown): void => {
        stopWaiting();
        reject(lost.aborted ? abortError(lost) : error);
      };
      const handleLost = (): void => fail(undefined);
      const handleAbort = (): void => fail(abortError(signal!));
      if (lost.aborted) return fail(undefined);
      if (signal?.aborted) return fail(abortError(signal));
      lost.addEventListener('abort', handleLost);
      signal?.addEventListener('abort', handleAbort);
      void work().then((result) => {
        stopWaiting();
        resolve(result);
      }, fail);
    });
  }

  private openSftp(): Promise<SFTPWrapper> {
    this.sftp ??= this.startSftp().catch((error: unknown) => {
      this.sftp = undefined;
      throw error;
    });
    return this.sftp;
  }

  private async startSftp(): Promise<SFTPWrapper> {
    const release = await this.slots.take();
    const opened = openSession<SFTPWrapper>(this.address, this.lost.signal, (done) =>
      this.client.sftp(done),
    );
    opened.catch(release);
    const sftp = await opened;
    const handleEnd = (): void => {
      release();
      this.sftp = undefined;
    };
    sftp.on('error', () => {});
    sftp.on('close', handleEnd);
    sftp.on('end', handleEnd);
    return sftp;
  }

  private handleEnd(cause?: Error): void {
    if (this.closed) return;
    const reason = connectionLost(this.address, cause);
    // Close the socket here: a silent peer never does.
    this.socket.destroySoon();
    setTimeout(() => this.socket.destroy(), FAREWELL_MS).unref();
    this.lost.abort(reason);
    this.slots.close(reason);
  }
}
