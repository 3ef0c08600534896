/**
 * Runs a command with a Node.js of another major version as the `node` that it and its children find. Ends with the
 * command's exit code; where that Node.js cannot be had, says so and runs nothing. Run with: npm run on-node -- 24 npm test
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { fetchNode } from '../fixtures/other-node.js';

const [, , major = '', program = '', ...args] = process.argv;
const node = fetchNode(Number(major));
if ('missing' in node) console.log(`Skipped: no Node.js ${major} (${node.missing}).`);
else process.exitCode = await run(node.path);

async function run(path: string): Promise<number> {
  const PATH = [dirname(path), process.env['PATH']].join(delimiter);
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, PATH } });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}
