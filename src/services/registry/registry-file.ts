import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Emitter } from '../../core/event.js';
import { refusalOf, systemCodeOf } from '../../core/errors.js';
import type { Clock } from '../../core/time.js';
import { asFileError, makePrivateFolder, replaceFile, writeFileAtomic } from '../files/atomic.js';
import { decodeText } from '../files/decode.js';
import { withLockFile } from '../files/lock-file.js';
import { readAtOnce } from '../files/private-file.js';
import { readAgentEntry } from './agent-import.js';
import { backupHint, BACKUP_NAME } from './backup.js';
import {
  activateRow,
  backupText,
  dropPassword,
  entriesOf,
  parseDocument,
  removeRow,
  saveRow,
  textOf,
  type RegistryDocument,
} from './document.js';
import {
  type Registry,
  RegistryError,
  type RegistrySnapshot,
  requireNew,
  requireUnusedLabel,
  type ServerEntry,
} from './registry.js';
import { watchFile } from './watch-file.js';

export interface RegistryOptions {
  /** `~/.portlama` */
  readonly home: string;
  readonly clock: Clock;
}

/** A registry that can also clear out passwords which older programs left in the file. */
export interface FileRegistry extends Registry {
  /** Entries that hold a P12 password in the clear, with it. */
  findLegacyPasswords(): Promise<readonly { readonly id: string; readonly password: string }[]>;
  /** Takes the password out of the entry and the backup. Only after it is safe in the credential store. */
  dropLegacyPassword(id: string): Promise<void>;
}

type Rows = RegistryDocument['rows'];

/** A file that another program is just writing does not parse for an instant. */
const TORN_READ_TRIES = 4;
const TORN_READ_PAUSE_MS = 40;
/** Limit of restarts of a change when other programs write in between. */
const MAX_TRIES = 50;

/** The registry in `<home>/servers.json`. The folder is made when the first change is written. */
export function createRegistry(options: RegistryOptions): FileRegistry {
  const { home, clock } = options;
  const path = join(home, 'servers.json');
  const emitter = new Emitter<RegistrySnapshot>();
  let lastListed: string | undefined;
  let isFirst = true;

  /** The lock holds our own processes apart; the desktop app is only met by looking again at the last moment. */
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    await makePrivateFolder(home).catch((error: unknown) => {
      throw asFileError(error, home);
    });
    return await withLockFile(join(home, '.servers.lock'), clock, work);
  };

  const change = (edit: (rows: Rows) => Rows): Promise<Rows> =>
    alone(async () => {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const document = await readDocument(path, clock);
        const rows = edit(await withImport(home, document, clock));
        if (textOf(rows) === document.text) return rows;
        if (await write(path, document, rows)) return rows;
      }
      throw busyError(path);
    });

  const list = async (): Promise<readonly ServerEntry[]> => {
    // The first frame waits for the first one. Later ones must not hold up the keyboard where the disk is far away.
    const document = await readDocument(path, clock, isFirst ? readAtOnce(path) : undefined);
    isFirst = false;
    lastListed = document.text;
    if (document.text !== undefined) return entriesOf(document);
    if ((await withImport(home, document, clock)).length === 0) return [];
    return entriesOf({ text: undefined, rows: await change((rows) => rows) });
  };

  const requireEntry = (rows: Rows, id: string): void => {
    if (!rows.some((row) => row.entry?.id === id)) throw unknownServer(path, id);
  };

  return {
    path,
    onChange: emitter.event,
    list,
    probe: () =>
      alone(async () => {
        const { text } = await readDocument(path, clock);
        await proveReplaceable(path, text);
      }),
    save: async (entry) => void (await change((rows) => saveRow(rows, entry))),
    add: async (entry) => {
      await change((rows) => {
        requireNew(
          rows.flatMap((row) => row.entry ?? []),
          entry,
        );
        return saveRow(rows, entry);
      });
    },
    setActive: async (id) => {
      await change((rows) => {
        requireEntry(rows, id);
        return activateRow(rows, id);
      });
    },
    change: async (id, fields) => {
      let changed: ServerEntry | undefined;
      await change((rows) => {
        requireEntry(rows, id);
        const entries = rows.flatMap((row) => row.entry ?? []);
        changed = { ...entries.find((entry) => entry.id === id)!, ...fields };
        if (fields.label !== undefined) requireUnusedLabel(entries, changed);
        return saveRow(rows, changed);
      });
      return changed!;
    },
    remove: async (id) => {
      let found = false;
      await change((rows) => {
        found = rows.some((row) => row.entry?.id === id);
        return removeRow(rows, id);
      });
      return found;
    },
    watch: () =>
      watchFile(path, {
        clock,
        known: lastListed,
        onChange: async () => {
          try {
            emitter.fire({ servers: await list() });
          } catch (error) {
            emitter.fire({ error: error as Error });
          }
        },
      }),
    findLegacyPasswords: async () => {
      const { rows } = await readDocument(path, clock);
      return rows.flatMap(({ entry, legacyPassword }) =>
        entry === undefined || legacyPassword === undefined
          ? []
          : [{ id: entry.id, password: legacyPassword }],
      );
    },
    dropLegacyPassword: async (id) => void (await change((rows) => dropPassword(rows, id))),
  };
}

/** Creates the first entry from an older setup's agent when there is no servers.json. */
async function withImport(home: string, document: RegistryDocument, clock: Clock): Promise<Rows> {
  if (document.text !== undefined) return document.rows;
  const entry = await readAgentEntry(home, clock);
  return entry === undefined ? [] : saveRow([], entry);
}

/** False when the file is no longer the one that was read. */
async function write(path: string, before: RegistryDocument, rows: Rows): Promise<boolean> {
  if (before.text !== undefined) {
    await writeFileAtomic(join(path, '..', BACKUP_NAME), backupText(before.rows, rows));
  }
  return await replaceFile(path, textOf(rows), () => stillHolds(path, before.text));
}

/**
 * Puts the bytes that are in the file in their own place again: only a real replacement shows that one is possible,
 * as where the file is mounted by itself. The backup, which is of an earlier list, is written beside its place only.
 */
async function proveReplaceable(path: string, text: string | undefined): Promise<void> {
  if (text === undefined) {
    await replaceFile(path, textOf([]), () => false);
    return;
  }
  await replaceFile(join(path, '..', BACKUP_NAME), text, () => false);
  const bytes = await readFile(path);
  await replaceFile(path, bytes, () => readBytesNow(path)?.equals(bytes) === true);
}

/** True while the file holds this text, whose bytes may begin with a byte order mark. */
function stillHolds(path: string, text: string | undefined): boolean {
  const bytes = readBytesNow(path);
  if (bytes === undefined || text === undefined) return bytes === text;
  try {
    return decodeText(bytes) === text;
  } catch {
    return false;
  }
}

function readBytesNow(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function readDocument(
  path: string,
  clock: Clock,
  read?: ReturnType<typeof readAtOnce>,
): Promise<RegistryDocument> {
  for (let tries = 1; ; tries++) {
    const bytes = read !== undefined && tries === 1 ? read.content : await readBytes(path);
    try {
      return parseDocument(bytes === undefined ? undefined : decodeText(bytes));
    } catch (error) {
      if (tries === TORN_READ_TRIES) throw await unreadableError(path, error);
      await clock.sleep(TORN_READ_PAUSE_MS);
    }
  }
}

async function readBytes(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw await unreadableError(path, error);
  }
}

async function unreadableError(path: string, cause: unknown): Promise<RegistryError> {
  const code = systemCodeOf(cause);
  // The parser's message quotes the file, which may hold a password.
  const reason =
    refusalOf(cause) ??
    code ??
    (cause instanceof SyntaxError ? 'it is not valid JSON' : String(cause));
  return new RegistryError({
    code: 'registry-unreadable',
    message: `The list of servers, ${path}, cannot be read: ${reason.replace(/^Error: /, '')}.`,
    hint: await backupHint(path),
    cause: code === undefined ? undefined : cause,
  });
}

function busyError(path: string): RegistryError {
  return new RegistryError({
    code: 'registry-busy',
    message: `${path} keeps being changed by another program, so nothing was written.`,
    hint: 'Try again in a moment.',
    retryable: true,
  });
}

function unknownServer(path: string, id: string): RegistryError {
  return new RegistryError({
    code: 'server-unknown',
    message: `There is no server ${id} in ${path}.`,
    hint: ['Another program may have removed it.', { command: 'servers' }],
  });
}
