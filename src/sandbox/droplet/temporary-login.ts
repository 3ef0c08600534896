import type { ServerChannel } from 'ssh2';
import { parsePublicKey, sha256Fingerprint } from '../../services/ssh/keys.js';
import type { FileSystem } from './files.js';
import { AUTHORIZED_KEYS_PATH, HOST_KEY_PATH } from './ssh-daemon.js';

/** The line that a person runs on the console, and the command that takes its key away (`core/admit-key.ts`). */
export const ADMIT =
  /^install -d -m 700 \/root\/\.ssh && printf '\\nrestrict,expiry-time="%s" %s\\n' "\$\(date -ud '\+(\d+) hours' \+%Y%m%d%H%MZ\)" '([^']+)' >>\/root\/\.ssh\/authorized_keys && chmod 600 \/root\/\.ssh\/authorized_keys && ssh-keygen -lf \/etc\/ssh\/ssh_host_ed25519_key\.pub$/;
export const DISMISS =
  /^sed -i --follow-symlinks -e '[^']+' -e '\/ ([\w-]+)\$\/d' \S+ && ! grep -q /;

interface Place {
  readonly files: FileSystem;
  readonly hostname: string;
  readonly now: () => number;
}

export function admit(
  { files, hostname, now }: Place,
  channel: Pick<ServerChannel, 'write'>,
  [hours = '0', key = '']: readonly string[],
): number {
  const until = new Date(now() + Number(hours) * 3_600_000).toISOString();
  const time = `${until.slice(0, 16).replaceAll(/[-T:]/g, '')}Z`;
  const line = `\nrestrict,expiry-time="${time}" ${key}\n`;
  const before = files.readText(AUTHORIZED_KEYS_PATH) ?? '';
  files.writeFile(AUTHORIZED_KEYS_PATH, `${before}${line}`, 0o600);
  const blob = parsePublicKey(files.readText(`${HOST_KEY_PATH}.pub`) ?? '');
  channel.write(`256 ${sha256Fingerprint(blob!)} root@${hostname} (ED25519)\n`);
  return 0;
}

export function dismiss(
  { files }: Pick<Place, 'files'>,
  _channel: unknown,
  [mark = '']: readonly string[],
): number {
  const before = files.readText(AUTHORIZED_KEYS_PATH) ?? '';
  const after = before.replaceAll(new RegExp(`(?:^\\n)?^.* ${mark}\\n`, 'gm'), '');
  files.writeFile(AUTHORIZED_KEYS_PATH, after, 0o600);
  return 0;
}
