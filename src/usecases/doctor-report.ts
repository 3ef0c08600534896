import type { Capabilities } from '../core/capabilities.js';
import { PortlamaError, systemCodeOf } from '../core/errors.js';
import { PROGRAM } from '../core/product.js';
import { table, terminalText } from '../words/formats.js';
import type { CheckWork } from './doctor/cloud.js';
import { doctor, type Finding } from './doctor.js';

/** Terminal of the output; undefined where it is none. */
export interface ReportedTerminal {
  readonly capabilities: Capabilities | undefined;
  /** TERM as it is set. */
  readonly name: string | undefined;
}

type Row = readonly [name: string, value: string];

/** Names that terminals go by; anything else that TERM holds stays here. */
const TERMINAL_NAME = /^[\w.+-]{1,32}$/;

/**
 * Describes this machine for an issue that everybody may read: versions, kinds and counts, and of each check how it
 * ended. No label, address, path, account or secret: of data only counts are taken, of errors only codes.
 */
export async function doctorReport(
  work: CheckWork,
  terminal: ReportedTerminal,
): Promise<readonly string[]> {
  const { version, nodeVersion, proxyVariables, sandbox } = work.environment;
  const findings = await doctor(work, { terminal: '' });
  const rows: readonly Row[] = [
    ['Program', `${PROGRAM} ${version}${sandbox ? ', sandbox' : ''}`],
    ['Node.js', nodeVersion],
    ['System', await known(() => work.describeSystem())],
    ['Terminal', describeTerminal(terminal)],
    ['Store', work.stores?.chosen?.kind ?? work.keystore.kind],
    ['Home folder', await known(() => describeHome(work))],
    ['Servers', await known(() => countServers(work))],
    ['Provisionings', await known(() => countOperations(work))],
    ['Proxies', proxyVariables.join(', ') || 'none'],
    ...checks(findings),
  ];
  return table(rows).map((line) => work.redactor.clean(line));
}

/** A check is as bad as the worst that it found. */
function checks(findings: readonly Finding[]): readonly Row[] {
  const names = [...new Set(findings.map(({ name }) => name))];
  return names.map((name) => {
    const levels = findings.filter((finding) => finding.name === name).map(({ level }) => level);
    const worst = (['problem', 'note'] as const).find((level) => levels.includes(level)) ?? 'ok';
    return [`Check: ${name}`, worst];
  });
}

function describeTerminal({ capabilities, name }: ReportedTerminal): string {
  if (capabilities === undefined) return 'none';
  const { links, multiplexer } = capabilities;
  const term = name !== undefined && TERMINAL_NAME.test(name) ? `TERM ${name}` : 'TERM unusual';
  const parts = [terminalText(capabilities), links ? 'links' : 'no links', multiplexer, term];
  return parts.filter((part) => part !== undefined).join(', ');
}

async function describeHome(work: CheckWork): Promise<string> {
  const { mode, faults } = await work.inspectHome();
  if (mode === undefined) return 'does not exist yet';
  return `${mode.toString(8).padStart(4, '0')}, ${faults.length} open to others`;
}

async function countServers({ registry }: CheckWork): Promise<string> {
  const servers = await registry.list();
  const made = servers.filter(({ provider }) => provider === 'digitalocean').length;
  return `${made} of DigitalOcean, ${servers.length - made} of others`;
}

async function countOperations({ operations }: CheckWork): Promise<string> {
  const counts = new Map<string, number>();
  for (const { status } of await operations.list())
    counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ') || 'none';
}

/** The fact, or the code of what kept it from being known: messages hold paths and names. */
async function known(find: () => Promise<string>): Promise<string> {
  try {
    return await find();
  } catch (error) {
    const code = error instanceof PortlamaError ? error.code : systemCodeOf(error);
    return `not known (${code ?? 'no code'})`;
  }
}
