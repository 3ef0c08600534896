import { readFile } from 'node:fs/promises';
import { arch, platform, release } from 'node:os';

/** Name of the operating system: `Debian GNU/Linux 12 (linux 6.1.0 x64)`. */
export async function describeSystem(): Promise<string> {
  const kernel = `${platform()} ${release()} ${arch()}`;
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const name = /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(text)?.[1];
  return name === undefined ? kernel : `${name} (${kernel})`;
}
