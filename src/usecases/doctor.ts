import { mapHintText } from '../core/hint.js';
import { checkCloud, type CheckWork } from './doctor/cloud.js';
import {
  checkHome,
  checkKeychain,
  checkNetwork,
  checkProgram,
  checkSurroundings,
} from './doctor/machine.js';
import { attempt, type Finding } from './doctor/finding.js';
import { checkOperations, checkServers } from './doctor/servers.js';
import { checkStores } from './doctor/stores.js';

export type { Finding } from './doctor/finding.js';

export interface DoctorOptions {
  /** Describes where the program is shown: `256 colours, UTF-8`. */
  readonly terminal: string;
  /** Called after each check with what it found. */
  readonly onFindings?: ((findings: readonly Finding[]) => void) | undefined;
}

/**
 * Checks this machine, the credential store and DigitalOcean one after another; changes nothing. Resolves to all
 * findings, secrets redacted; rejects only when the signal is aborted.
 */
export async function doctor(
  work: CheckWork,
  { terminal, onFindings }: DoctorOptions,
): Promise<readonly Finding[]> {
  const { environment } = work;
  const checks: readonly (readonly [string, () => Promise<readonly Finding[]>])[] = [
    ['Program', () => checkProgram(work)],
    ['Home folder', () => checkHome(work)],
    ['Servers', () => checkServers(work)],
    ['Credentials', () => checkStores(work)],
    ['Login keychain', () => checkKeychain(work)],
    ['Provisionings', () => checkOperations(work)],
    ['Network', async () => checkNetwork(environment)],
    ['DigitalOcean', () => checkCloud(work)],
    ['Terminal', async () => checkSurroundings(environment, terminal)],
  ];
  const all: Finding[] = [];
  for (const [name, check] of checks) {
    const findings = (await attempt(name, check)).map((finding) => redacted(finding, work));
    work.signal.throwIfAborted();
    all.push(...findings);
    onFindings?.(findings);
  }
  return all;
}

/** `Nothing needs attention` */
export function summary(findings: readonly Finding[]): string {
  const problems = findings.filter(({ level }) => level === 'problem').length;
  if (problems === 0) return 'Nothing needs attention';
  return problems === 1 ? '1 thing needs attention' : `${problems} things need attention`;
}

function redacted({ level, name, text, hint }: Finding, { redactor }: CheckWork): Finding {
  return {
    level,
    name,
    text: redactor.clean(text),
    hint: mapHintText(hint, (part) => redactor.clean(part)),
  };
}
