// The worker of the program as it is on a Mac: all of it is the built one but for the login keychain, which is that of
// stand-ins for security and curl. MAC_PROGRAMS is their folder. Arguments: those of the program.
import { join } from 'node:path';
import { readSettings } from '../../../build/cli/settings.js';
import { workerCommand } from '../../../build/cli/worker.js';
import { parseArguments } from '../../../build/cli/parse.js';
import { buildWorld } from '../../../build/main/world.js';
import { LoginKeychain } from '../../../build/services/keychain/login-keychain.js';

const folder = process.env['MAC_PROGRAMS'];
const programs = { security: join(folder, 'security'), curl: join(folder, 'curl') };
const keychain = new LoginKeychain({ homeFolder: join(folder, 'home'), programs });
const invocation = parseArguments(process.argv.slice(2));
const { ID, MODE } = invocation.call.args;
const world = await buildWorld(readSettings(invocation, process.env, true), true);
try {
  process.exitCode = await workerCommand({ ...world, keychain }, ID, MODE);
} finally {
  await world.close();
}
