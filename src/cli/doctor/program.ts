import { readFile } from 'node:fs/promises';
import { arch, platform, release } from 'node:os';
import { PROGRAM } from '../../core/product.js';
import type { Finding } from './finding.js';

/** The oldest Node.js that the program is made for (package.json, engines). */
const OLDEST_NODE = [20, 19] as const;

/** Program, Node.js and operating system. */
export async function checkProgram(version: string): Promise<readonly Finding[]> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return [
    {
      level: isOld ? 'problem' : 'ok',
      name: 'Program',
      text: `${PROGRAM} ${version}, Node.js ${process.versions.node}, ${await systemName()}`,
      hint: isOld ? `Install Node.js ${OLDEST_NODE.join('.')} or newer.` : undefined,
    },
    {
      level: 'ok',
      name: 'SSH agent',
      text: 'not used: the keys for a droplet are made by the program, and removed at the end',
    },
  ];
}

async function systemName(): Promise<string> {
  const kernel = `${platform()} ${release()} ${arch()}`;
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const name = /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(text)?.[1];
  return name === undefined ? kernel : `${name} (${kernel})`;
}
