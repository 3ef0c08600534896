import { PROGRAM } from '../../core/product.js';
import type { FileRegistry } from '../../services/registry/registry-file.js';
import { type Finding, problem } from './finding.js';

const NAME = 'Servers';

/** Whether servers.json can be read, and holds nothing that it should not. */
export async function checkServers(registry: FileRegistry): Promise<readonly Finding[]> {
  try {
    const servers = await registry.list();
    const active = servers.find((server) => server.active);
    const which = active === undefined ? 'none is active' : `${active.label} is active`;
    const findings: Finding[] = [
      {
        level: 'ok',
        name: NAME,
        text:
          servers.length === 0
            ? `none in ${registry.path}`
            : `${servers.length} in ${registry.path}, ${which}`,
      },
    ];
    const left = await registry.findLegacyPasswords();
    if (left.length > 0) {
      findings.push({
        level: 'problem',
        name: NAME,
        text: `${left.length} certificate password${left.length === 1 ? '' : 's'} in the clear in ${registry.path}, left there by another program`,
        hint: `They are moved to the credential store when the program is started: ${PROGRAM} servers`,
      });
    }
    return findings;
  } catch (error) {
    return [problem(NAME, error)];
  }
}
