import { PortlamaError } from '../../core/errors.js';
import { parseJson } from './panel-bodies.js';

/** Codes of PanelApiError. */
export type PanelApiErrorCode =
  /** The panel wants the code of its second factor. */
  | 'panel-two-factor'
  /** The code was wrong, or used before. Never send another one by yourself: five lock everybody out. */
  | 'panel-code-wrong'
  | 'panel-locked-out'
  | 'panel-certificate-revoked'
  | 'panel-not-allowed'
  /** Management before the set-up is complete. */
  | 'panel-before-setup'
  | 'panel-setup-complete'
  | 'panel-conflict'
  | 'panel-refused-input'
  | 'panel-not-there'
  /** The panel failed by itself; the call may have had its effect. */
  | 'panel-failed';

/** Words of the panel; from outside: clean before showing. */
export interface PanelApiFacts {
  readonly status: number;
  /** Its own sentence. */
  readonly said: string;
  /** Fields that it refused, with its reason. */
  readonly issues: readonly { readonly field: string; readonly reason: string }[];
  /** State of the set-up, where it names one. */
  readonly onboardingStatus?: string | undefined;
  /** Seconds until it may be asked again. */
  readonly retryAfterS?: number | undefined;
}

/** The panel refused a call, or failed at it. */
export class PanelApiError extends PortlamaError {
  override readonly name = 'PanelApiError';
  declare readonly code: PanelApiErrorCode;
  readonly facts: PanelApiFacts;

  constructor(code: PanelApiErrorCode, host: string, facts: PanelApiFacts) {
    const message = `${SENTENCES[code](host)}${detail(facts)}`;
    super({ code, message, hint: HINTS[code], retryable: code === 'panel-failed' });
    this.facts = facts;
  }
}

/** The error that an answer of 400 or more means. */
export function apiError(
  host: string,
  status: number,
  text: string,
  retryAfter: string | undefined,
): PanelApiError {
  const body = (parseJson(text) ?? {}) as Record<string, unknown>;
  const said = typeof body['error'] === 'string' ? body['error'] : '';
  const details = body['details'] as { issues?: unknown } | string | undefined;
  const onboardingStatus = body['onboardingStatus'];
  const reasons = [said, typeof details === 'string' ? (details.split('\n', 1)[0] ?? '') : ''];
  const facts: PanelApiFacts = {
    status,
    said: reasons.filter((reason) => reason !== '').join(': '),
    issues: issuesOf(typeof details === 'object' ? details?.issues : undefined),
    ...(typeof onboardingStatus === 'string' ? { onboardingStatus } : {}),
    ...retryAfterOf(body['retryAfter'] ?? retryAfter),
  };
  return new PanelApiError(codeOf(status, said), host, facts);
}

function codeOf(status: number, said: string): PanelApiErrorCode {
  if (status === 401) return said === '2fa_required' ? 'panel-two-factor' : 'panel-code-wrong';
  if (status === 403)
    return /revoked/i.test(said) ? 'panel-certificate-revoked' : 'panel-not-allowed';
  if (status === 404) return 'panel-not-there';
  if (status === 409) return 'panel-conflict';
  if (status === 410) return 'panel-setup-complete';
  if (status === 429) return 'panel-locked-out';
  if (status === 503) return 'panel-before-setup';
  return status < 500 ? 'panel-refused-input' : 'panel-failed';
}

function issuesOf(value: unknown): PanelApiFacts['issues'] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((issue: { path?: unknown; message?: unknown } | null) => {
    const { path, message } = issue ?? {};
    const field = Array.isArray(path) ? path.join('.') : '';
    return typeof message === 'string' ? [{ field, reason: message }] : [];
  });
}

function retryAfterOf(value: unknown): Pick<PanelApiFacts, 'retryAfterS'> {
  const seconds = Number(value);
  return value !== undefined && Number.isFinite(seconds) ? { retryAfterS: seconds } : {};
}

function detail({ said, issues }: PanelApiFacts): string {
  if (issues.length > 0)
    return `: ${issues.map(({ field, reason }) => `${field || 'body'} ${reason}`).join(', ')}.`;
  return said === '' || said === '2fa_required' ? '.' : `: ${said.replace(/\.$/, '')}.`;
}

const SENTENCES: Readonly<Record<PanelApiErrorCode, (host: string) => string>> = {
  'panel-two-factor': (host) => `${host} asks for the code of its second factor`,
  'panel-code-wrong': (host) => `${host} rejected the code`,
  'panel-locked-out': (host) => `${host} accepts no codes for a while`,
  'panel-certificate-revoked': (host) => `The certificate of this computer was revoked on ${host}`,
  'panel-not-allowed': (host) => `${host} does not allow that to this certificate`,
  'panel-before-setup': (host) => `${host} offers that after its set-up only`,
  'panel-setup-complete': (host) => `${host} is set up already, or does not offer that any more`,
  'panel-conflict': (host) => `${host} cannot do that in its present state`,
  'panel-refused-input': (host) => `${host} rejected the input`,
  'panel-not-there': (host) => `${host} does not have that`,
  'panel-failed': (host) => `${host} failed`,
};

const HINTS: Readonly<Record<PanelApiErrorCode, string>> = {
  'panel-two-factor': 'The code is in the authenticator app that was set up for this panel.',
  'panel-code-wrong':
    'Each code works once: wait for the next one, at most 30 seconds. Five wrong codes lock everyone out for 5 minutes.',
  'panel-locked-out': 'Wait 5 minutes, then try once, with a fresh code.',
  'panel-certificate-revoked':
    'Another certificate has replaced it. Import that one, or create a new one on the server.',
  'panel-not-allowed': 'Use the certificate of the admin.',
  'panel-before-setup': 'Set up the domain of the server first.',
  'panel-setup-complete': 'There is nothing to do.',
  'panel-conflict': 'Resolve that first, then try again.',
  'panel-refused-input': 'Correct the input.',
  'panel-not-there': 'The panel may be of another version.',
  'panel-failed': 'Try again in a moment.',
};
