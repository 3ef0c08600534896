import { TOKEN_GROUPS } from '../../app/service-words.js';
import type { AppState } from '../../app/state.js';
import type { TokenState } from '../../app/form-state.js';
import type { TokenReport } from '../../services/digitalocean/token-check.js';
import type { Check } from '../../widgets/checks.js';
import { style, type Text } from '../../widgets/markup.js';

const VALID = 'token is valid';
/** Weaker title, for a token whose scopes were not seen. */
const ACCEPTED = 'token is accepted';
const SCOPES = 'has all scopes it needs';
const SAFE = 'has no dangerous scopes';

const CHOOSE = 'Press Choose store: a vault, the keyring or memory.';

/** Fault of the credential store with its remedy; empty while the store works. Pure. */
export function storeChecks({ keystore }: AppState): readonly Check[] {
  const { error, status } = keystore;
  if (error === undefined) return [];
  const lines = status === 'missing' ? [CHOOSE] : error.hint === undefined ? [] : [error.hint];
  return [{ id: 'store', state: 'failed', title: style('danger', error.message), lines }];
}

/** Three checks, each a sentence, with what to do where one fails. Pure. */
export function tokenChecks(check: TokenState['check'], state: AppState): readonly Check[] {
  switch (check.state) {
    case 'unchecked':
      return [pending('valid', VALID), pending('scopes', SCOPES), pending('safe', SAFE)];
    case 'checking': {
      const running = (id: string, title: string): Check => ({ id, title, state: 'running' });
      const waiting = state.running.find((action) => action.waiting !== undefined)?.waiting;
      return [
        { ...running('valid', VALID), detail: waiting },
        running('scopes', SCOPES),
        running('safe', SAFE),
      ];
    }
    case 'failed': {
      const { message, hint } = check.error;
      const lines = hint === undefined ? [] : [hint];
      return [
        { id: 'valid', state: 'failed', title: style('danger', message), lines },
        pending('scopes', SCOPES),
        pending('safe', SAFE),
      ];
    }
    case 'checked':
      return check.report.valid
        ? [validCheck(check.report), scopesCheck(check.report), dangerCheck(check.report)]
        : [refusedCheck(check.report), pending('scopes', SCOPES), pending('safe', SAFE)];
  }
}

function pending(id: string, title: string): Check {
  return { id, state: 'pending', title: style('muted', title) };
}

function refusedCheck({ problems }: TokenReport): Check {
  const [problem] = problems;
  const message = problem?.message ?? 'DigitalOcean does not accept the token.';
  const lines = problem === undefined ? [] : [problem.hint];
  return { id: 'valid', state: 'failed', title: style('danger', message), lines };
}

/** `ops@example.com (account active, 3 of 10 droplets used, expires in 82 days)` */
function validCheck(report: TokenReport): Check {
  const base = {
    id: 'valid',
    title: report.unverified.length === 0 ? VALID : ACCEPTED,
    detail: accountText(report),
  };
  const [problem] = report.problems;
  // Leave unverified scopes to the check of scopes.
  const said = problem ?? report.warnings.find(({ code }) => code !== 'scopes-unverified');
  if (said === undefined) return { ...base, state: 'ok' };
  const colour = problem === undefined ? 'warn' : 'danger';
  return {
    ...base,
    state: problem === undefined ? 'warning' : 'failed',
    title: problem === undefined ? base.title : `${base.title}, but the account cannot be used`,
    lines: [style(colour, said.message), said.hint],
  };
}

function accountText({
  account,
  dropletsUsed,
  dropletLimit,
  expiresInDays,
}: TokenReport): Text | undefined {
  const facts = [
    account === undefined ? undefined : `account ${account.status}`,
    dropletsUsed === undefined
      ? undefined
      : dropletLimit === undefined
        ? `${dropletsUsed} droplets used`
        : `${dropletsUsed} of ${dropletLimit} droplets used`,
    expiresInDays === undefined ? undefined : expiryText(expiresInDays),
  ].filter((fact) => fact !== undefined);
  const email = account?.email ?? 'account not readable';
  return facts.length === 0 ? email : `${email} (${facts.join(', ')})`;
}

function expiryText(days: number): string {
  if (days < 1) return 'expires within a day';
  return days === 1 ? 'expires in 1 day' : `expires in ${days} days`;
}

function scopesCheck({ missing, unverified }: TokenReport): Check {
  const tick = `Make a new token with these five groups ticked: ${TOKEN_GROUPS.join(', ')}.`;
  if (missing.length > 0)
    return {
      id: 'scopes',
      state: 'failed',
      title: style('danger', 'missing scopes'),
      detail: style('danger', missing.join(', ')),
      lines: [tick],
    };
  if (unverified.length > 0)
    return {
      id: 'scopes',
      state: 'warning',
      title: 'scopes could not be verified',
      detail: unverified.join(', '),
      lines: [`Make sure the token has these five groups: ${TOKEN_GROUPS.join(', ')}.`],
    };
  return { id: 'scopes', state: 'ok', title: SCOPES };
}

/** Scopes named in the guide, which people recognise as dangerous. */
const WELL_KNOWN = ['account:write', 'database:delete', 'firewall:delete', 'kubernetes:create'];
const NAMED_SCOPES = 6;

/** Names a few scopes: the dozens of a full-access token would push the remedy off the screen. */
function firstFew(scopes: readonly string[]): string {
  if (scopes.length <= NAMED_SCOPES) return scopes.join(', ');
  const known = WELL_KNOWN.filter((scope) => scopes.includes(scope));
  const named = [...new Set([...known, ...scopes])].slice(0, NAMED_SCOPES);
  return `${named.join(', ')} and ${scopes.length - named.length} more`;
}

function dangerCheck({ dangerous, unverified, notices }: TokenReport): Check {
  if (dangerous.length > 0)
    return {
      id: 'safe',
      state: 'warning',
      title: style('warn', 'dangerous scopes'),
      detail: style('warn', firstFew(dangerous)),
      lines: [
        ...(dangerous.includes('api:write') ? ['This is a full-access token.'] : []),
        'Refused: they allow changes that Portlama never needs.',
        `Create a new token with custom scopes: only ${TOKEN_GROUPS.join(', ')}.`,
      ],
    };
  if (unverified.length > 0)
    return { id: 'safe', state: 'warning', title: 'dangerous scopes could not be checked' };
  const lines = notices.map(({ scope, reason }) => style('muted', `${scope}: ${reason}`));
  return { id: 'safe', state: 'ok', title: SAFE, lines };
}
