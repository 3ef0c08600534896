import { QUESTION_HELP } from '../words/question-help.js';
import { InputError } from '../core/errors.js';
import { count } from '../words/formats.js';
import { exportFileQuestion } from '../words/transfer.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { requireServer } from './servers.js';
import { judgePassphrase } from './vault.js';
import type { Work } from './work.js';

export interface ExportWish {
  /** Undefined: asked for. */
  readonly file: string | undefined;
  /** Labels or ids; empty: all servers. */
  readonly servers: readonly string[];
  /** Public keys of age with commas between them; undefined: a passphrase is asked for. */
  readonly recipients?: string | undefined;
}

export interface Exported {
  readonly file: string;
  /** Labels. */
  readonly servers: readonly string[];
}

/**
 * Writes servers with their certificates, passwords, pins and host keys into one encrypted file for another machine.
 * API tokens are never in it. Nothing here changes; a file that exists is not written over. Resolves to its path and
 * their labels.
 */
export async function exportServers(wish: ExportWish, work: Work): Promise<Exported> {
  const { face, transfer } = work;
  const servers = await chosen(wish.servers, work);
  const file = wish.file ?? (await face.ask(exportFileQuestion(servers.length)));
  await transfer.requireAbsent(file);
  const to = await keyFor(file, wish, work);
  const carried = await Promise.all(servers.map((server) => transfer.collect(server)));
  for (const { entry, files } of carried) {
    if (files['client.p12'] !== undefined) continue;
    const { authMethod } = servers.find(({ id }) => id === entry.id)!;
    face.say(
      authMethod === 'keychain'
        ? `${entry.label}: without its certificate, whose key cannot leave the keychain.`
        : `${entry.label}: without its certificate, since its file or its password is not here.`,
      'warn',
    );
  }
  await transfer.write(file, carried, to);
  face.say(`Exported ${count(carried.length, 'server')} to ${file}, encrypted.`, 'ok');
  face.say('It contains certificates and passwords but no API token.');
  face.say({ command: 'import', id: file }, 'advice');
  return { file, servers: carried.map(({ entry }) => entry.label) };
}

async function chosen(wanted: readonly string[], work: Work): Promise<readonly ServerEntry[]> {
  if (wanted.length === 0) {
    const servers = await work.registry.list();
    if (servers.length > 0) return servers;
    throw new InputError({ code: 'no-servers', message: 'There are no servers to export.' });
  }
  const servers = await Promise.all(wanted.map((one) => requireServer(work, one)));
  return [...new Map(servers.map((server) => [server.id, server])).values()];
}

async function keyFor(file: string, { recipients }: ExportWish, work: Work) {
  if (recipients !== undefined)
    return { recipients: await work.transfer.requireRecipients(recipients) };
  const passphrase = await work.face.secret({
    field: `New passphrase of ${file}`,
    help: QUESTION_HELP.newExportPassphrase,
    fresh: { repeat: 'Repeat passphrase', judge: judgePassphrase },
  });
  work.redactor.add(passphrase);
  return { passphrase };
}
