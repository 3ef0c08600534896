import type { FileHandle } from 'node:fs/promises';
import type { JournalRecord } from './records.js';

/** Small enough that nobody at the keyboard notices while a long journal is taken in. */
const READ_CHUNK_BYTES = 64 * 1024;
const NEWLINE = 10;

/** Reads a journal that grows: each record once, in order, and of a line only when it is whole. One read at a time. */
export class JournalTail {
  private offset = 0;
  private rest: Buffer = Buffer.alloc(0);
  private chunk: Buffer | undefined;

  /** Bytes that were taken in. */
  get position(): number {
    return this.offset;
  }

  /** Hands over what came since the last read, in pieces between which others get their turn. */
  async read(
    file: FileHandle,
    listener: (records: readonly JournalRecord[]) => void,
  ): Promise<void> {
    this.chunk ??= Buffer.alloc(READ_CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(this.chunk, 0, this.chunk.length, this.offset);
      if (bytesRead === 0) return;
      this.offset += bytesRead;
      const bytes = Buffer.concat([this.rest, this.chunk.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      this.rest = Buffer.from(bytes.subarray(end));
      const records = recordsIn(bytes.toString('utf8', 0, end));
      if (records.length > 0) listener(records);
    }
  }
}

/** The records of all whole lines. What is not a record is passed over. */
export function recordsIn(text: string): JournalRecord[] {
  return text.split('\n').slice(0, -1).flatMap(parseRecord);
}

function parseRecord(line: string): JournalRecord[] {
  try {
    const value = JSON.parse(line) as Partial<JournalRecord> | null;
    return typeof value?.event === 'string' && typeof value.at === 'number'
      ? [value as JournalRecord]
      : [];
  } catch {
    return [];
  }
}
