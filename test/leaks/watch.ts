import { readdir, readFile, stat } from 'node:fs/promises';
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
    await Promise.all(pids.map((pid) => this.lookAt(Number(pid)).catch(() => undefined)));
  }

  private async lookAt(pid: number): Promise<void> {
    const [commandLine, environment] = await Promise.all(
      ['cmdline', 'environ'].map(async (name) =>
        (await readFile(`/proc/${pid}/${name}`, 'utf8')).replaceAll('\0', ' '),
      ),
    );
    const isOurs =
      pid !== process.pid &&
      (environment!.includes(this.folder) || commandLine!.includes(this.folder));
    if (isOurs)
      this.seen.set(`${pid} ${commandLine} ${environment}`, {
        pid,
        commandLine: commandLine!,
        environment: environment!,
      });
  }
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
      if (!(await stat(path)).isFile()) return [];
      return secretsIn(await readFile(path, 'latin1'), secrets).map(
        (secret) => `${name}: ${secret}`,
      );
    }),
  );
  return hits.flat();
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
