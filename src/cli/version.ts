import { readFile } from 'node:fs/promises';
import { ownFile } from '../services/process/own-file.js';

/** The program's version: `1.0.0`. */
export async function version(): Promise<string> {
  const manifest = await readFile(ownFile('../package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
