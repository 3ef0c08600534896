import { cleanLine } from '../core/clean.js';
import { InputError } from '../core/errors.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { requireServer } from './servers.js';
import type { KeyWork } from './work.js';

/** Longest note, in characters. */
const NOTE_MAX_LENGTH = 500;

/** Keeps a note about a server, on this machine; a blank one removes it. */
export async function noteServer(
  wanted: string,
  text: string,
  work: KeyWork,
): Promise<ServerEntry> {
  const server = await requireServer(work, wanted);
  const note = text.trim();
  const problem = noteProblem(note);
  if (problem !== undefined)
    throw new InputError({ code: 'note-invalid', message: problem, hint: 'Nothing was changed.' });
  await work.changeServerMeta(server.id, { note: note === '' ? undefined : note });
  work.news({ kind: 'server-noted', serverId: server.id });
  work.face.say(
    note === '' ? `Removed the note of ${server.label}.` : `Saved the note of ${server.label}.`,
    'ok',
  );
  return server;
}

/** Reads the note about a server. */
export async function readNote(
  wanted: string,
  work: KeyWork,
): Promise<{ readonly server: ServerEntry; readonly note: string | undefined }> {
  const server = await requireServer(work, wanted);
  const { note } = await work.readServerMeta(server.id);
  return { server, note };
}

/** Why a note is refused; undefined when it is good. */
export function noteProblem(note: string): string | undefined {
  if (note.length > NOTE_MAX_LENGTH) return `A note has at most ${NOTE_MAX_LENGTH} characters.`;
  return cleanLine(note) === note ? undefined : 'A note is one line of plain text.';
}
