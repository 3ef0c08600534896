import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What processes show of themselves: arguments, and environment variables. */
export interface SeenProcess {
  readonly pid: number;
  readonly commandLine: string;
  readonly environment: string;
}

/** Looks at every process of this home folder, over and over, until it is stopped. Linux only. */
export class ProcessWatch {
  /** By process id and what was seen, so that each is kept once. */
  readonly seen = new Map<string, SeenProcess>();
  /** Somebody else's: these do not become ours. */
  private readonly foreign = new Set<string>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly folder: string) {
    const INTERVAL_MS = 20;
    this.timer = setInterval(() => void this.look(), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    for (const pid of this.foreign) if (!pids.includes(pid)) this.foreign.delete(pid);
    const unknown = pids.filter((pid) => !this.foreign.has(pid));
    await Promise.all(unknown.map((pid) => this.lookAt(pid).catch(() => undefined)));
  }

  private async lookAt(pid: string): Promise<void> {
    const commandLine = await shown(pid, 'cmdline');
    const environment = await shown(pid, 'environ');
    // It may have become another program, or ended, between the two.
    if (commandLine === '' || commandLine !== (await shown(pid, 'cmdline'))) return;
    const isOurs = environment.includes(this.folder) || commandLine.includes(this.folder);
    if (!isOurs || Number(pid) === process.pid) this.foreign.add(pid);
    else
      this.seen.set(`${pid} ${commandLine} ${environment}`, {
        pid: Number(pid),
        commandLine,
        environment,
      });
  }
}

async function shown(pid: string, name: 'cmdline' | 'environ'): Promise<string> {
  return (await readFile(`/proc/${pid}/${name}`, 'utf8')).replaceAll('\0', ' ');
}

/** Every file below the folder that holds one of the secrets, as `path: name of the secret`. */
export async function filesWith(
  folder: string,
  secrets: ReadonlyMap<string, string>,
): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const hits = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      // Locks come and go.
      const stats = await stat(path).catch(() => undefined);
      if (stats?.isFile() !== true) return [];
      return secretsIn(await readFile(path, 'latin1').catch(() => ''), secrets).map(
        (secret) => `${name}: ${secret}`,
      );
    }),
  );
  return hits.flat();
}

/** Where a program might leave something that does not ask for TMPDIR. */
const SHARED_FOLDERS = ['/tmp', '/var/tmp', '/dev/shm'];
const MAX_BYTES = 1_000_000;

/** The same for what was written since then, directly or one folder below, where every program may write. */
export async function sharedFilesWith(
  since: number,
  secrets: ReadonlyMap<string, string>,
): Promise<string[]> {
  const tops = await Promise.all(SHARED_FOLDERS.map(entriesOf));
  const below = await Promise.all(tops.flat().map(entriesOf));
  const hits = [...tops.flat(), ...below.flat()].map(async (path) => {
    const stats = await lstat(path).catch(() => undefined);
    if (stats?.isFile() !== true || stats.mtimeMs < since || stats.size > MAX_BYTES) return [];
    // Others may take theirs away at any time.
    const text = await readFile(path, 'latin1').catch(() => '');
    return secretsIn(text, secrets).map((secret) => `${path}: ${secret}`);
  });
  return (await Promise.all(hits)).flat();
}

async function entriesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => join(folder, name));
}

/** Names of the secrets that the text holds, plain or as base64. */
export function secretsIn(text: string, secrets: ReadonlyMap<string, string>): string[] {
  return [...secrets]
    .filter(([, secret]) => forms(secret).some((form) => text.includes(form)))
    .map(([name]) => name);
}

function forms(secret: string): string[] {
  // Of a key in lines, the longest line: a log could show it alone.
  const lines = secret.split('\n').filter((line) => line.length >= 16 && !line.startsWith('-----'));
  const plain = lines.length > 1 ? lines.slice(1) : [secret];
  return [
    ...plain,
    ...plain.map((form) => Buffer.from(form).toString('base64').replaceAll('=', '')),
  ];
}
