import { randomBytes } from 'node:crypto';
import type { SFTPWrapper } from 'ssh2';
import { abortError } from '../network/dial.js';
import { SshError } from './ssh-error.js';

/** Packet size that every SFTP server accepts (draft-ietf-secsh-filexfer-02, section 3). */
const CHUNK_BYTES = 32 * 1024;
/** Writes under way at a time, so that a far away server does not cost a round trip for each. */
const WRITES_AT_ONCE = 16;

/** SFTP status codes (draft-ietf-secsh-filexfer-02, section 7). */
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;

/**
 * Creates or replaces a file. Its mode is exact before the first byte is in it, and it is there whole or not at
 * all: what a lost connection sent last may still arrive when the next one has long written the same file.
 */
export async function writeRemoteFile(
  sftp: SFTPWrapper,
  path: string,
  content: Buffer,
  mode: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const part = `${path}.${randomBytes(6).toString('hex')}.part`;
  const handle = await call<Buffer>(path, (done) => sftp.open(part, 'wx', { mode }, done));
  try {
    // The server's umask has taken from the mode.
    await call(path, (done) => sftp.fchmod(handle, mode, done));
    await writeContent(sftp, path, handle, content, signal);
    // A full disk may show only here.
    await call(path, (done) => sftp.close(handle, done));
    await putInPlace(sftp, part, path);
  } catch (error) {
    closeHandle(sftp, handle);
    await call('', (done) => sftp.unlink(part, done)).catch(() => {});
    throw error;
  }
}

async function writeContent(
  sftp: SFTPWrapper,
  path: string,
  handle: Buffer,
  content: Buffer,
  signal: AbortSignal | undefined,
): Promise<void> {
  const starts = Array.from(
    { length: Math.ceil(content.length / CHUNK_BYTES) },
    (_, index) => index * CHUNK_BYTES,
  );
  const writeOn = async (): Promise<void> => {
    for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
      if (signal?.aborted) throw abortError(signal);
      const from = start;
      const length = Math.min(CHUNK_BYTES, content.length - from);
      await call(path, (done) => sftp.write(handle, content, from, length, from, done));
    }
  };
  await Promise.all(Array.from({ length: WRITES_AT_ONCE }, writeOn));
}

/** OpenSSH replaces in one step; SFTP's own rename refuses when there is something to replace. */
async function putInPlace(sftp: SFTPWrapper, part: string, path: string): Promise<void> {
  try {
    await call(path, (done) => sftp.ext_openssh_rename(part, path, done));
  } catch (error) {
    // An answer from the server counts; the library throws when the server does not know the request.
    if (error instanceof SshError && typeof statusOf(error.cause) === 'number') throw error;
    await call('', (done) => sftp.unlink(path, done)).catch(() => {});
    await call(path, (done) => sftp.rename(part, path, done));
  }
}

type Done<T> = (error?: Error | null, value?: T) => void;

function call<T>(path: string, start: (done: Done<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const done: Done<T> = (error, value) => {
      if (error === undefined || error === null) resolve(value as T);
      else reject(asSshError(path, error));
    };
    try {
      start(done);
    } catch (error) {
      reject(asSshError(path, error));
    }
  });
}

function closeHandle(sftp: SFTPWrapper, handle: Buffer): void {
  // Ignore a failed close: the server closes open handles when the session ends.
  call('', (done) => sftp.close(handle, done)).catch(() => {});
}

function statusOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code;
}

function asSshError(path: string, cause: unknown): SshError {
  const status = statusOf(cause);
  if (status === NO_SUCH_FILE) {
    const message = `${path} is not on the server.`;
    return new SshError({ code: 'file-missing', message, cause });
  }
  if (status === PERMISSION_DENIED) {
    const message = `The server does not allow this user to use ${path}.`;
    return new SshError({ code: 'file-denied', message, cause });
  }
  return new SshError({
    code: 'file-failed',
    message: `The transfer of ${path} failed.`,
    hint: 'The server’s disk may be full.',
    cause,
  });
}
