import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../files/atomic.js';
import { readSmallFile } from '../files/private-file.js';

/** Service of systemd that runs a program for one user. */
export interface UserUnit {
  /** `portlama-watch.service` */
  readonly name: string;
  readonly description: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Exit codes that are no failure. */
  readonly endsWith: readonly number[];
}

/** Text of the unit: a failure starts it again, nothing it starts gains privileges. Pure. */
export function unitText({ description, command, environment, endsWith }: UserUnit): string {
  return `[Unit]
Description=${description}
After=network-online.target

[Service]
ExecStart=${command.map((word) => quoted(word).replaceAll('$', '$$$$')).join(' ')}
${Object.entries(environment)
  .map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}\n`)
  .join('')}SuccessExitStatus=${endsWith.join(' ')}
Restart=on-failure
RestartSec=10
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`;
}

/** A word as systemd takes it apart (systemd.syntax(7)), without its specifiers. */
function quoted(text: string): string {
  const escaped = text.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('%', '%%');
  return /^[\w@:=/.,+-]+$/.test(text) ? text : `"${escaped}"`;
}

/** Path of a user's unit; `configFolder` is `~/.config`. */
export function unitPath(configFolder: string, { name }: Pick<UserUnit, 'name'>): string {
  return join(configFolder, 'systemd', 'user', name);
}

/** Text that is there now; undefined without a file. */
export async function readUnit(path: string): Promise<string | undefined> {
  return (await readSmallFile(path))?.toString('utf8');
}

/** Writes it, 0600: it may hold an address that is a secret. */
export async function writeUnit(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFileAtomic(path, text);
}
