import type { ServerEntry } from '../../services/registry/registry.js';
import { expiryOf, renewalHint } from '../../words/expiry.js';
import type { Services } from '../work.js';
import { isUnderWay, type Operation } from '../../services/provisioning/operations.js';
import { operationAdvice } from '../advice.js';
import type { Finding } from './finding.js';

const SERVERS = 'Servers';

/** Checks that servers.json can be read, and holds nothing that it should not. */
export async function checkServers(work: Services): Promise<readonly Finding[]> {
  const { path } = work.registry;
  const servers = await work.registry.list();
  const active = servers.find((server) => server.active);
  const which = active === undefined ? 'none is active' : `${active.label} is active`;
  const text = servers.length === 0 ? `none in ${path}` : `${servers.length} in ${path}, ${which}`;
  const left = await work.countLegacyPasswords();
  const listed: Finding = { level: 'ok', name: SERVERS, text };
  const expiring = await findExpiring(servers, work);
  return [listed, ...(left === 0 ? [] : [passwordFinding(left, path)]), ...expiring];
}

/** Certificates of this machine that end soon; one that cannot be read is not this check's. */
async function findExpiring(
  servers: readonly ServerEntry[],
  { panels, clock }: Services,
): Promise<readonly Finding[]> {
  const findings = servers.map(async (server): Promise<readonly Finding[]> => {
    const facts = await panels.readClientCertificate(server).catch(() => undefined);
    const expiry = facts === undefined ? undefined : expiryOf(facts.notAfter, clock.now());
    if (expiry === undefined) return [];
    return [
      {
        level: expiry.isUrgent ? 'problem' : 'note',
        name: SERVERS,
        text: `${server.label}: its ${expiry.text}`,
        hint: renewalHint(server),
      },
    ];
  });
  return (await Promise.all(findings)).flat();
}

function passwordFinding(count: number, path: string): Finding {
  return {
    level: 'problem',
    name: SERVERS,
    text: `${count} certificate password${count === 1 ? '' : 's'} in the clear in ${path}, left there by another program`,
    hint: {
      lead: 'They are moved to the credential store when the list is read',
      command: 'servers',
    },
  };
}

const OPERATIONS = 'Provisionings';

/** Finds those that were cut short, or left something behind. */
export async function checkOperations({ operations }: Services): Promise<readonly Finding[]> {
  const all = await operations.list();
  const findings = all.map(findingOf).filter((finding) => finding !== undefined);
  if (findings.length > 0) return findings;
  return [{ level: 'ok', name: OPERATIONS, text: 'none unfinished' }];
}

function findingOf(operation: Operation): Finding | undefined {
  const advice = operationAdvice(operation);
  if (advice === undefined) return undefined;
  const { text, todo } = advice;
  if (isUnderWay(operation)) return { level: 'note', name: OPERATIONS, text };
  return { level: 'problem', name: OPERATIONS, text, hint: todo };
}
