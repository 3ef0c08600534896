import { checkToken, type TokenReport } from '../../services/digitalocean/token-check.js';
import { KeystoreError } from '../../services/keystore/keystore-error.js';
import { findStrays, type StrayReport } from '../../services/provisioning/strays.js';
import { findToken, type World } from '../world.js';
import { type Finding, problem } from './finding.js';

const NAME = 'DigitalOcean';
const PATIENCE_MS = 30_000;

/** Whether DigitalOcean answers, what the token is worth, and whether its droplets are those of servers.json. */
export async function checkCloud(world: World): Promise<readonly Finding[]> {
  try {
    const token = await findToken(world);
    if (token === undefined) {
      const hint = 'Store one with: portlama-tui token set';
      return [{ level: 'note', name: NAME, text: 'not asked: there is no API token', hint }];
    }
    const report = await checkToken(world.createApi(token), AbortSignal.timeout(PATIENCE_MS));
    const findings = tokenFindings(report, world.apiUrl);
    return report.valid ? [...findings, ...(await dropletFindings(world, token))] : findings;
  } catch (error) {
    if (!(error instanceof KeystoreError)) return [problem(NAME, error)];
    // A store that does not work has a line of its own already.
    const hint = error.code === 'vault-locked' ? error.hint : undefined;
    return [{ level: 'note', name: NAME, text: 'not asked: the token cannot be read', hint }];
  }
}

function tokenFindings(report: TokenReport, apiUrl: string): Finding[] {
  const { account, missing, dangerous, problems, warnings } = report;
  const findings: Finding[] = [];
  if (report.valid) {
    const whose = account?.email ?? 'an account that it may not read';
    findings.push({ level: 'ok', name: NAME, text: `${apiUrl} answers; token of ${whose}` });
  }
  const scopes = [
    ['lacks the scopes', missing],
    ['may do more than it should', dangerous],
  ] as const;
  for (const [words, list] of scopes) {
    if (list.length === 0) continue;
    const hint = 'Make another token, then: portlama-tui token set';
    const text = `the token ${words}: ${list.join(', ')}`;
    findings.push({ level: 'problem', name: NAME, text, hint });
  }
  for (const { message, hint } of problems)
    findings.push({ level: 'problem', name: NAME, text: message, hint });
  for (const { message, hint } of warnings)
    findings.push({ level: 'note', name: NAME, text: message, hint });
  return findings;
}

async function dropletFindings(world: World, token: string): Promise<Finding[]> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const api = world.createApi(token);
  const report = await findStrays(api, world.registry, world.operations, signal);
  const findings = [...strayFindings(report), ...goneFindings(report)];
  if (findings.length > 0) return findings;
  return [{ level: 'ok', name: 'Droplets', text: 'those of DigitalOcean are those of the list' }];
}

function strayFindings({ strays }: StrayReport): Finding[] {
  return strays.map(({ droplet, operation }) => {
    const { id, name, regionSlug, publicIpv4, priceMonthlyUsd } = droplet;
    const cost = priceMonthlyUsd === undefined ? '' : `, $${priceMonthlyUsd} a month`;
    const text = `${name} (${id}, ${regionSlug}, ${publicIpv4 ?? 'no address'}${cost}) is in no list of servers here`;
    const hint =
      operation?.status === 'interrupted'
        ? `It belongs to an interrupted provisioning: portlama-tui operations resume ${operation.id}`
        : `If it is not another computer’s, destroy it at https://cloud.digitalocean.com/droplets/${id}`;
    return { level: 'problem', name: 'Droplets', text, hint };
  });
}

function goneFindings({ gone }: StrayReport): Finding[] {
  return gone.map(({ label, providerId }) => ({
    level: 'problem',
    name: 'Droplets',
    text: `${label} is in the list, and its droplet ${providerId ?? ''} does not exist any more`,
    hint: 'Take it off the list: select it in the program, and press d.',
  }));
}
