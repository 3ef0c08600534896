import { readFileSync } from 'node:fs';
import { ownFile } from '../services/process/own-file.js';

/** The program's version: `1.0.0`. */
export function version(): string {
  const manifest = readFileSync(ownFile('../package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
