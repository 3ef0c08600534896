import type { Services } from '../work.js';
import type { Finding } from './finding.js';

const NAME = 'Servers';

/** Checks that servers.json can be read, and holds nothing that it should not. */
export async function checkServers(work: Services): Promise<readonly Finding[]> {
  const { path } = work.registry;
  const servers = await work.registry.list();
  const active = servers.find((server) => server.active);
  const which = active === undefined ? 'none is active' : `${active.label} is active`;
  const text = servers.length === 0 ? `none in ${path}` : `${servers.length} in ${path}, ${which}`;
  const left = await work.countLegacyPasswords();
  const listed: Finding = { level: 'ok', name: NAME, text };
  return left === 0 ? [listed] : [listed, passwordFinding(left, path)];
}

function passwordFinding(count: number, path: string): Finding {
  return {
    level: 'problem',
    name: NAME,
    text: `${count} certificate password${count === 1 ? '' : 's'} in the clear in ${path}, left there by another program`,
    hint: {
      lead: 'They are moved to the credential store when the list is read',
      command: 'servers',
    },
  };
}
