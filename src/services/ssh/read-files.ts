import { cleanLine } from '../../core/clean.js';
import { shellWord } from '../../core/shell-word.js';
import type { SshConnection } from './ssh.js';
import { SshError } from './ssh-error.js';

export interface RemoteFile {
  /** Absolute. */
  readonly path: string;
  /** More than this rejects with `file-too-large`, however the file grows meanwhile. */
  readonly maxBytes: number;
}

/** Follows the content of a file that was read without an error. */
const END_MARK = '.';
/** Output that a shell may print beside the files. */
const NOISE_MAX_BYTES = 16 * 1024;

/**
 * Downloads files in one command: two round trips, however many they are. Rejects with SshError `file-missing`,
 * `file-denied`, `file-too-large` or `file-failed` for the first file that has a fault.
 */
export async function readRemoteFiles<Name extends string>(
  connection: Pick<SshConnection, 'exec'>,
  named: Readonly<Record<Name, RemoteFile>>,
  signal?: AbortSignal,
): Promise<Record<Name, Buffer>> {
  const files: readonly RemoteFile[] = Object.values(named);
  const linesBytes = files.reduce((sum, file) => sum + lineBytes(file), 0);
  // One buffer, however small the server's pieces.
  const output = Buffer.alloc(linesBytes + NOISE_MAX_BYTES);
  let length = 0;
  let said = '';
  await connection.exec(readCommand(files), {
    maxBytes: output.length,
    signal,
    onStdout(chunk) {
      length += chunk.copy(output, length);
    },
    onStderr(chunk) {
      said += chunk.toString('utf8');
    },
  });
  const lines = output.toString('latin1', 0, length).split('\n');
  const contents = files.map((file, index) => contentOf(file, lines[index] ?? '', said));
  const names = Object.keys(named) as Name[];
  return Object.fromEntries(names.map((name, index) => [name, contents[index]])) as Record<
    Name,
    Buffer
  >;
}

/** Prints each file as one line: base64 of its content and the end mark, or a word for why not. */
function readCommand(files: readonly RemoteFile[]): string {
  return [
    '{ # Prints files in base64.',
    'print_file() {',
    'if [ ! -e "$2" ]; then echo !missing',
    'elif [ ! -r "$2" ]; then echo !denied',
    'elif [ -d "$2" ]; then echo !folder',
    `else { head -c "$1" "$2" && printf ${END_MARK}; } | base64 -w 0; echo`,
    'fi',
    '}',
    ...files.map(({ path, maxBytes }) => `print_file ${maxBytes + 1} ${shellWord(path)}`),
    '}',
  ].join('\n');
}

/** Longest line for a file, its line feed included: one byte beyond the limit tells that there are more. */
function lineBytes({ maxBytes }: RemoteFile): number {
  return 4 * Math.ceil((maxBytes + 1 + END_MARK.length) / 3) + 1;
}

function contentOf({ path, maxBytes }: RemoteFile, line: string, said: string): Buffer {
  if (line === '!missing') {
    throw new SshError({ code: 'file-missing', message: `${path} is not on the server.` });
  }
  if (line === '!denied') {
    const message = `The server does not allow this user to use ${path}.`;
    throw new SshError({ code: 'file-denied', message });
  }
  const marked = Buffer.from(line, 'base64');
  const content = marked.subarray(0, -END_MARK.length);
  if (!marked.subarray(content.length).equals(Buffer.from(END_MARK))) {
    const why = cleanLine(said.trim().split('\n').at(-1) ?? '');
    throw new SshError({
      code: 'file-failed',
      message: `The transfer of ${path} failed${why === '' ? '' : ` (${why})`}.`,
      hint: 'The server’s disk may be full or damaged.',
    });
  }
  if (content.length <= maxBytes) return content;
  throw new SshError({
    code: 'file-too-large',
    message: `${path} on the server is larger than ${maxBytes} bytes.`,
    hint: 'Nothing of it was kept.',
  });
}
