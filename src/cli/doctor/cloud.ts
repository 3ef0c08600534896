import { PROGRAM } from '../../core/product.js';
import { countText, NO_STRAYS } from '../../app/stray-count.js';
import { checkToken, type TokenReport } from '../../services/digitalocean/token-check.js';
import { KeystoreError } from '../../services/keystore/keystore-error.js';
import { findStrays } from '../../services/provisioning/droplets/strays.js';
import { reportAdvice } from '../stray-lines.js';
import { findToken, type World } from '../world.js';
import { type Finding, problem } from './finding.js';

const NAME = 'DigitalOcean';
const DROPLETS = 'Droplets';
const PATIENCE_MS = 30_000;

/** Whether DigitalOcean answers, what the token is worth, and whether its droplets are those of servers.json. */
export async function checkCloud(world: World): Promise<readonly Finding[]> {
  try {
    const token = await findToken(world);
    if (token === undefined) {
      const hint = `Store one with: ${PROGRAM} token set`;
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
    const hint = `Make another token, then: ${PROGRAM} token set`;
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
  const counted = countText(report);
  const findings = reportAdvice(report).map(({ text, todo }): Finding => ({
    level: 'problem',
    name: DROPLETS,
    text,
    hint: todo.join('\n'),
  }));
  if (counted !== undefined) return [{ level: 'note', name: DROPLETS, text: counted }, ...findings];
  if (findings.length > 0) return findings;
  return [{ level: 'ok', name: DROPLETS, text: NO_STRAYS }];
}
