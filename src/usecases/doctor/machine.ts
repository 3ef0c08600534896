import { ENV, PANEL_PORT, PROGRAM } from '../../core/product.js';
import type { EnvironmentFacts, Services } from '../work.js';
import { shellWord } from '../../core/shell-word.js';
import type { HomeFault } from '../../services/files/inspect-home.js';
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

const HOME = 'Home folder';
const ROOT = 0;
const SHOWN = 3;

/** Checks that the home folder and everything in it is one user's alone. */
export async function checkHome(work: Services): Promise<readonly Finding[]> {
  const { home, userId } = work.environment;
  const { mode, faults, blockedBy } = await work.inspectHome();
  if (blockedBy !== undefined) return [blockedFinding(home, blockedBy)];
  if (mode === undefined)
    return [
      { level: 'note', name: HOME, text: `${home} does not exist yet; it is created when needed` },
    ];
  const linked = faults.some(({ kind, path }) => kind === 'link' && path === home);
  if (linked) return [linkedFinding(home)];
  if (faults.length === 0) {
    const text = `${home}, ${octal(mode)}, and nothing in it is open to others`;
    return [{ level: 'ok', name: HOME, text }];
  }
  const more = faults.length > SHOWN ? ` and ${faults.length - SHOWN} more` : '';
  return [
    {
      level: 'problem',
      name: HOME,
      text: `open to other users: ${faults.slice(0, SHOWN).map(faultText).join(', ')}${more}`,
      hint: waysOut(faults, home, userId).join('\n'),
    },
  ];
}

function blockedFinding(home: string, by: string): Finding {
  return {
    level: 'problem',
    name: HOME,
    text: `${home} does not exist and cannot be created: ${by} is not a folder that you can write to`,
    hint: `Check who owns ${by}, or set ${ENV.home} to another folder.`,
  };
}

function linkedFinding(home: string): Finding {
  return {
    level: 'problem',
    name: HOME,
    text: `${home} is a symbolic link, and the program does not write through links`,
    hint: `Replace it with a real folder, or set ${ENV.home} to where it points.`,
  };
}

function faultText({ path, kind, owner, mode }: HomeFault): string {
  switch (kind) {
    case 'link':
      return `${path} (a symbolic link)`;
    case 'foreign':
      return `${path} (of user ${owner})`;
    case 'shared':
    case 'closed':
      return `${path} (${octal(mode)})`;
  }
}

/** In the order in which they help: only an owner can change the permissions. */
function waysOut(
  faults: readonly HomeFault[],
  home: string,
  userId: number | undefined,
): readonly string[] {
  const has = (kind: HomeFault['kind']): boolean => faults.some((fault) => fault.kind === kind);
  const folder = shellWord(home);
  return [
    ...(has('foreign') && userId !== undefined ? [ownText(userId, folder)] : []),
    ...(has('closed') ? [`chmod -R u+rwX ${folder}`] : []),
    ...(has('shared') ? [`chmod -R go= ${folder}`] : []),
    ...(has('link') ? ['Replace each symbolic link with the real file or folder.'] : []),
  ];
}

function ownText(userId: number, folder: string): string {
  return userId === ROOT
    ? `If it belongs to root: chown -R 0 ${folder}. If not, run this as that user, without sudo.`
    : `If it is yours: sudo chown -R ${userId} ${folder}`;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

const KEYCHAIN = 'Login keychain';

/** Checks that keys can go into the keychain of this Mac, and be used from there; finds nothing elsewhere. */
export async function checkKeychain({
  keychain,
}: Pick<Services, 'keychain'>): Promise<readonly Finding[]> {
  if (keychain === undefined) return [];
  await keychain.probe();
  const reason = await keychain.unsuited();
  if (reason === undefined)
    return [
      { level: 'ok', name: KEYCHAIN, text: 'keys of certificates go into it, non-extractable' },
    ];
  const text = `not used for keys of certificates, which stay in encrypted files: ${reason}`;
  return [{ level: 'note', name: KEYCHAIN, text }];
}
