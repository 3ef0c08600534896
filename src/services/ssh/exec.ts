import type { Readable } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { abortError } from '../network/dial.js';
import { openSession } from './sessions.js';
import type { ExecOptions, ExecResult } from './ssh.js';
import { connectionLost, SshError } from './ssh-error.js';

interface Session {
  /** `host:port`, for texts. */
  readonly address: string;
  /** Aborted with why when the connection is lost. */
  readonly lost: AbortSignal;
  /** Gives the session's slot back; called once the server has closed the session. */
  readonly release: () => void;
}

/** Longest command that every server takes in one packet (RFC 4253, 6.1). */
export const COMMAND_MAX_BYTES = 32_000;
/** Far more than any command prints that is not followed. */
const OUTPUT_MAX_BYTES = 1024 * 1024;

type OnChunk = NonNullable<ExecOptions['onStdout']>;

/**
 * Runs a command in a session of its own and hands its output on, chunk by chunk. However it ends, no chunk is
 * being handled any more when the promise settles.
 */
export async function runCommand(
  client: Client,
  command: string,
  options: ExecOptions,
  session: Session,
): Promise<ExecResult> {
  const over = firstOf(session.lost, options.signal);
  try {
    if (Buffer.byteLength(command) > COMMAND_MAX_BYTES) throw commandTooLong(command);
    const channel = await openChannel(client, command, session, over.signal);
    const ended = endOf(channel);
    const count = counter(options.maxBytes ?? OUTPUT_MAX_BYTES);
    try {
      channel.end(options.stdin);
      await Promise.all([
        handOn(channel, count(options.onStdout), over.signal),
        handOn(channel.stderr, count(options.onStderr), over.signal),
      ]);
      const result = await orAborted(ended, over.signal);
      // The server always says how a command ended; when it did not, the session was cut off.
      if (result.exitCode !== undefined || result.signal !== undefined) return result;
      throw connectionLost(session.address, new Error('the session was cut off'));
    } catch (error) {
      stopCommand(channel);
      throw error;
    }
  } finally {
    over.dispose();
  }
}

/** Handlers that together take so many bytes, and reject for more. */
function counter(maxBytes: number): (onChunk: OnChunk | undefined) => OnChunk {
  let bytes = 0;
  return (onChunk) => (chunk) => {
    bytes += chunk.length;
    if (bytes > maxBytes) throw outputTooLarge(maxBytes);
    return onChunk?.(chunk);
  };
}

/** Reports a command that prints without an end. */
export function outputTooLarge(maxBytes: number): SshError {
  return new SshError({
    code: 'output-too-large',
    message: `A command on the server printed more than ${maxBytes} bytes, so it was ended.`,
    hint: 'The server does not do what it was set up for.',
  });
}

function commandTooLong(command: string): RangeError {
  return new RangeError(
    `A command of ${Buffer.byteLength(command)} bytes does not fit into one SSH packet.`,
  );
}

function openChannel(
  client: Client,
  command: string,
  session: Session,
  over: AbortSignal,
): Promise<ClientChannel> {
  const opened = openSession<ClientChannel>(session.address, over, (done) =>
    client.exec(command, (error, channel) => {
      if (error !== undefined && error !== null) return done(error, channel);
      // Errors show as the end of the stream and of the connection.
      channel.on('error', () => {});
      channel.stderr.on('error', () => {});
      channel.on('close', session.release);
      // Stop a command that has no caller any more.
      if (over.aborted) stopCommand(channel);
      done(undefined, channel);
    }),
  );
  opened.catch(session.release);
  return orAborted(opened, over);
}

/**
 * Reads a stream to its end. While the promise for a chunk is pending the stream is paused; then the window of
 * the channel fills up and the server waits.
 */
function handOn(stream: Readable, onChunk: OnChunk, over: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let busy = false;
    let ended = false;
    const settleWhenIdle = (): void => {
      if (busy || !(ended || over.aborted)) return;
      stream.removeListener('data', handleData);
      over.removeEventListener('abort', settleWhenIdle);
      resolve();
    };
    const handleData = (chunk: Buffer): void => {
      if (over.aborted) return;
      busy = true;
      stream.pause();
      // In a promise, so that a handler that throws rejects like one that is asynchronous.
      new Promise<void>((handled) => handled(onChunk(chunk))).then(() => {
        busy = false;
        stream.resume();
        settleWhenIdle();
      }, reject);
    };
    stream.on('data', handleData);
    stream.on('end', () => {
      ended = true;
      settleWhenIdle();
    });
    over.addEventListener('abort', settleWhenIdle);
    settleWhenIdle();
  });
}

function endOf(channel: ClientChannel): Promise<ExecResult> {
  return new Promise((resolve) => {
    channel.on('close', (code: number | null | undefined, signal?: string) =>
      resolve({ exitCode: code ?? undefined, signal }),
    );
  });
}

/** Asks the server to end the command, and gives the session up either way. */
function stopCommand(channel: ClientChannel): void {
  try {
    channel.signal('TERM');
    channel.close();
  } catch {
    // The connection is gone, and the command's session with it.
  }
  // Drain buffered output; the session does not end before.
  channel.resume();
  channel.stderr.resume();
}

/** A signal that is aborted, with the same reason, by the first of two. */
function firstOf(
  lost: AbortSignal,
  wish: AbortSignal | undefined,
): { readonly signal: AbortSignal; dispose(): void } {
  const first = new AbortController();
  const handleLost = (): void => first.abort(abortError(lost));
  const handleWish = (): void => first.abort(abortError(wish!));
  if (lost.aborted) handleLost();
  else if (wish?.aborted) handleWish();
  lost.addEventListener('abort', handleLost, { once: true });
  wish?.addEventListener('abort', handleWish, { once: true });
  return {
    signal: first.signal,
    dispose() {
      lost.removeEventListener('abort', handleLost);
      wish?.removeEventListener('abort', handleWish);
    },
  };
}

function orAborted<T>(work: Promise<T>, over: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const handleAbort = (): void => reject(abortError(over));
    if (over.aborted) handleAbort();
    over.addEventListener('abort', handleAbort, { once: true });
    void work
      .then(resolve, (error: unknown) => reject(over.aborted ? abortError(over) : error))
      .finally(() => over.removeEventListener('abort', handleAbort));
  });
}
