import { PortlamaError } from '../../core/errors.js';
import type { Hint } from '../../core/hint.js';
import { ENV } from '../../core/product.js';
import type { TokenReport } from '../../services/digitalocean/token-check.js';
import type { UnaskedAccount } from '../../services/provisioning/droplets/unlisted.js';
import { KeystoreError } from '../../services/keystore/keystore.js';
import { findAllForgotten, forgottenAdvice } from '../forgotten.js';
import { countText, NO_UNLISTED, reportAdvice } from '../advice.js';
import { compareAccounts } from '../compare-accounts.js';
import { type OpenAccount, openAccounts } from '../open-accounts.js';
import { findToken, type FoundToken } from '../token.js';
import type { Services } from '../work.js';
import { attempt, type Finding } from './finding.js';

const NAME = 'DigitalOcean';
const TOKEN_NAME = 'API token';
const DROPLETS = 'Droplets';
const PATIENCE_MS = 30_000;

/** Services, and the signal that ends the checks. */
export type CheckWork = Services & { readonly signal: AbortSignal };

/** Asks DigitalOcean what the token may do, and compares its droplets with those of servers.json. */
export async function checkCloud(work: CheckWork): Promise<readonly Finding[]> {
  let token: FoundToken;
  try {
    token = await findToken(work);
  } catch (error) {
    if (!(error instanceof KeystoreError)) throw error;
    // A store that does not work has a line of its own already.
    const hint = error.code === 'vault-locked' ? error.hint : undefined;
    return [{ level: 'note', name: NAME, text: 'not checked: the token cannot be read', hint }];
  }
  if (token.secret === undefined) {
    const hint: Hint = { command: 'token.set' };
    return [{ level: 'note', name: NAME, text: 'not checked: there is no API token', hint }];
  }
  const origin: Finding = { level: 'ok', name: TOKEN_NAME, text: originText(token.origin, work) };
  const accounts = await openAccounts(work);
  const valid: OpenAccount[] = [];
  const unasked: UnaskedAccount[] = [];
  const findings: Finding[] = [origin];
  for (const account of accounts) {
    const name = accounts.length === 1 ? NAME : `${NAME} (${account.name})`;
    findings.push(
      ...(await attempt(name, async () => {
        const report = await patiently(work, (signal) =>
          work.checkToken(account.api, signal),
        ).catch((error: unknown) => {
          unasked.push({ name: account.name, error });
          throw error;
        });
        if (report.valid) valid.push(account);
        else unasked.push({ name: account.name, error: refusalOf(report) });
        return tokenFindings(report, work).map((finding) => ({ ...finding, name }));
      })),
    );
  }
  if (valid.length === 0) return findings;
  return [...findings, ...(await attempt(DROPLETS, () => dropletFindings(work, valid, unasked)))];
}

function refusalOf({ problems: [problem] }: TokenReport): PortlamaError {
  const { message, hint } = problem ?? { message: 'DigitalOcean refuses the token.', hint: '' };
  return new PortlamaError({ code: 'token-invalid', message, hint });
}

/** Throws an Error that says so when DigitalOcean takes too long. */
async function patiently<T>(
  { signal: ended }: CheckWork,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await call(AbortSignal.any([ended, late]));
  } catch (error) {
    if (!late.aborted || ended.aborted) throw error;
    const seconds = PATIENCE_MS / 1_000;
    throw new Error(`DigitalOcean did not answer within ${seconds} s`, { cause: error });
  }
}

function originText(origin: FoundToken['origin'], { keystore }: Services): string {
  switch (origin) {
    case 'store':
      return `saved in ${keystore.title}`;
    case 'environment':
      return `of ${ENV.cloudToken}`;
    case 'sandbox':
      return 'the sandbox’s sample';
    case 'none':
      return 'none';
  }
}

function tokenFindings(report: TokenReport, { environment }: Services): Finding[] {
  const { account, missing, dangerous, problems, warnings } = report;
  const findings: Finding[] = [];
  if (report.valid) {
    const whose = account?.email ?? 'an account that it may not read';
    const who = environment.sandbox
      ? 'the embedded sandbox, where nothing costs money,'
      : environment.apiUrl;
    findings.push({ level: 'ok', name: NAME, text: `${who} answers; token of ${whose}` });
  }
  const scopes = [
    ['lacks the scopes', missing],
    ['may do more than it should', dangerous],
  ] as const;
  for (const [words, list] of scopes) {
    if (list.length === 0) continue;
    const hint: Hint = { lead: 'Create another token, then store it', command: 'token.set' };
    const text = `the token ${words}: ${list.join(', ')}`;
    findings.push({ level: 'problem', name: NAME, text, hint });
  }
  for (const { message, hint } of problems)
    findings.push({ level: 'problem', name: NAME, text: message, hint });
  for (const { message, hint } of warnings)
    findings.push({ level: 'note', name: NAME, text: message, hint });
  return findings;
}

async function dropletFindings(
  work: CheckWork,
  accounts: readonly OpenAccount[],
  refused: readonly UnaskedAccount[],
): Promise<Finding[]> {
  const compared = await patiently(work, (signal) =>
    compareAccounts(accounts, work, signal, refused),
  );
  // Those that refused have a line of their own already.
  const unasked = (compared.unasked ?? []).filter(({ name }) =>
    refused.every((each) => each.name !== name),
  );
  const report = { ...compared, unasked };
  const counted = countText(report);
  const managed = new Set(
    [...report.unlisted.map(({ droplet }) => droplet), ...(report.listed?.values() ?? [])].map(
      ({ id }) => id,
    ),
  );
  const forgotten = await patiently(work, (signal) => findAllForgotten(accounts, managed, signal));
  const findings = [
    ...reportAdvice(report).map((advice) => ({ ...advice, level: 'problem' as const })),
    ...forgottenAdvice(forgotten, managed).map((advice) => ({ ...advice, level: 'note' as const })),
  ].map(({ level, text, todo }): Finding => ({ level, name: DROPLETS, text, hint: todo }));
  if (counted !== undefined) return [{ level: 'note', name: DROPLETS, text: counted }, ...findings];
  if (findings.length > 0) return findings;
  return [{ level: 'ok', name: DROPLETS, text: NO_UNLISTED }];
}
