import { PANEL_PORT, PROGRAM } from '../../core/product.js';
import type { EnvironmentFacts, Services } from '../work.js';
import type { Finding } from './finding.js';

/** The oldest Node.js that the program is made for (package.json, engines). */
const OLDEST_NODE = [20, 19] as const;

/** Program, Node.js and operating system. */
export async function checkProgram(work: Services): Promise<readonly Finding[]> {
  const { version, nodeVersion } = work.environment;
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return [
    {
      level: isOld ? 'problem' : 'ok',
      name: 'Program',
      text: `${PROGRAM} ${version}, Node.js ${nodeVersion}, ${await work.describeSystem()}`,
      hint: isOld ? `Install Node.js ${OLDEST_NODE.join('.')} or newer.` : undefined,
    },
    {
      level: 'ok',
      name: 'SSH agent',
      text: 'not used: the keys for a droplet are made by the program, and removed at the end',
    },
  ];
}

/**
 * A proxy that others use is not used: SSH to a new droplet and its panel need the direct way, so that a provisioning
 * through a proxy would only fail later. Never shows its address, which may hold a password.
 */
export function checkNetwork({ proxyVariables: set }: EnvironmentFacts): readonly Finding[] {
  if (set.length === 0) return [];
  return [
    {
      level: 'note',
      name: 'Network',
      text: `${set.join(', ')} ${set.length === 1 ? 'is' : 'are'} set, and not used: DigitalOcean, droplets and panels are reached directly`,
      hint: `This machine needs direct access to api.digitalocean.com (443), and to droplets (22 and ${PANEL_PORT}).`,
    },
  ];
}

/** Reports the browser, the debug log and the terminal. */
export function checkSurroundings(
  { hasBrowser, logPath }: EnvironmentFacts,
  terminal: string,
): readonly Finding[] {
  return [
    {
      level: 'ok',
      name: 'Browser',
      text: hasBrowser ? 'can be opened' : 'none here: addresses are shown instead',
    },
    { level: 'ok', name: 'Debug log', text: logPath ?? 'none (--log FILE)' },
    { level: 'ok', name: 'Terminal', text: terminal },
  ];
}
