import { homedir } from 'node:os';
import { expect, it } from 'vitest';
import { writeThreeServers } from '../fixtures/first-frame.js';
import { runProgram } from '../fixtures/program.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

it('doctor --report prints what an issue needs, and nothing of the servers of this machine', async () => {
  const home = await temporaryFolder();
  await writeThreeServers(home);
  const env = { HOME: home, PORTLAMA_KEYSTORE: 'session' };
  const { exitCode, stdout, stderr } = await runProgram(['doctor', '--report'], { env });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^Servers +3 of DigitalOcean, 0 of others$/m);
  expect(stdout).toMatch(/^Store +session$/m);
  for (const fact of ['alpha', '127.0.0.', home, homedir()]) expect(stdout).not.toContain(fact);
});
