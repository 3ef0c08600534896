import type { ServerChannel } from 'ssh2';
import type { FileSystem } from './files.js';
import { AUTHORIZED_KEYS_PATH, generateHostKey, HOST_KEY_PATH } from './ssh-daemon.js';

export interface HandOverContext {
  readonly files: FileSystem;
  readonly hostname: string;
  /** Time that each half takes. */
  waitForHandOver(): Promise<void>;
  /** sshd takes its files again. */
  reloadSshd(): void;
}

const FRESH_KEY = 'host_key';
/** Exit codes of hand-over.sh. */
const NO_TEMPORARY_KEY = 64;
const NOT_PREPARED = 65;

/** Makes a fresh host key once and prints its public line. */
export async function prepareHandOver(
  context: HandOverContext,
  folder: string,
  channel: ServerChannel,
): Promise<number> {
  const { files, hostname } = context;
  if (files.find(`${folder}/${FRESH_KEY}.pub`) === undefined) {
    await context.waitForHandOver();
    const key = generateHostKey(hostname);
    files.writeFile(`${folder}/${FRESH_KEY}`, key.privateKey, 0o600);
    files.writeFile(`${folder}/${FRESH_KEY}.pub`, `${key.publicKey}\n`, 0o644);
  }
  channel.write(`${keyOf(files.readText(`${folder}/${FRESH_KEY}.pub`) ?? '')}\n`);
  return 0;
}

/** Installs the fresh host key, takes the temporary key away, removes the folder. */
export async function applyHandOver(
  context: HandOverContext,
  folder: string,
  temporaryKey: string,
  channel: ServerChannel,
): Promise<number> {
  const { files } = context;
  const temporary = keyOf(temporaryKey);
  const fresh = files.readText(`${folder}/${FRESH_KEY}`);
  if (!temporary.includes(' ')) {
    channel.stderr.write('No temporary key was given.\n');
    return NO_TEMPORARY_KEY;
  }
  if (fresh === undefined) {
    channel.stderr.write('No fresh host key was prepared.\n');
    return NOT_PREPARED;
  }
  await context.waitForHandOver();
  files.writeFile(HOST_KEY_PATH, fresh, 0o600);
  files.writeFile(
    `${HOST_KEY_PATH}.pub`,
    files.readText(`${folder}/${FRESH_KEY}.pub`) ?? '',
    0o644,
  );
  context.reloadSshd();
  const kept = (files.readText(AUTHORIZED_KEYS_PATH) ?? '')
    .split('\n')
    .filter((line) => line !== '' && keyOf(line) !== temporary);
  files.writeFile(AUTHORIZED_KEYS_PATH, kept.map((line) => `${line}\n`).join(''), 0o600);
  files.removeTree(folder);
  return 0;
}

/** Type and key of an authorized_keys line, without its comment. */
function keyOf(line: string): string {
  return line.trim().split(/\s+/).slice(0, 2).join(' ');
}
