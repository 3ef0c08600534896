import { checkCloud } from './doctor/cloud.js';
import { type Finding, findingLines } from './doctor/finding.js';
import { checkHome } from './doctor/home.js';
import { checkKeychain } from './doctor/keychain.js';
import { checkNetwork } from './doctor/network.js';
import { checkOperations } from './doctor/operations.js';
import { checkProgram } from './doctor/program.js';
import { checkServers } from './doctor/servers.js';
import { checkStores } from './doctor/stores.js';
import { say } from './say.js';
import type { World } from './world.js';
import { writeText } from './write.js';

/**
 * What works here and what does not, one line a fact, with what to do. Changes nothing. Resolves to the exit code:
 * 1 when something needs attention.
 */
export async function doctorCommand(world: World, version: string): Promise<number> {
  const checks: readonly (() => Promise<readonly Finding[]>)[] = [
    () => checkProgram(version),
    () => checkHome(world.home),
    () => checkServers(world.registry),
    () => checkStores(world),
    () => checkKeychain(world.keychain),
    () => checkOperations(world.operations),
    () => Promise.resolve(checkNetwork(process.env)),
    () => checkCloud(world),
  ];
  let problems = 0;
  for (const check of checks) {
    const findings = await check();
    problems += findings.filter(({ level }) => level === 'problem').length;
    for (const line of findings.flatMap(findingLines)) {
      say(world, world.redactor.clean(line));
    }
  }
  writeText(process.stdout, summary(problems));
  return problems === 0 ? 0 : 1;
}

function summary(problems: number): string {
  if (problems === 0) return 'Nothing needs attention.\n';
  return problems === 1 ? '1 thing needs attention.\n' : `${problems} things need attention.\n`;
}
