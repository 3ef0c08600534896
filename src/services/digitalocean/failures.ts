import { TOKENS_PAGE } from '../../core/product.js';

/** Every way in which a call can fail. */
export type ApiErrorCode =
  // DigitalOcean refused: nothing was changed.
  | 'token-invalid'
  | 'scope-missing'
  | 'not-found'
  | 'account-blocked'
  | 'account-finalizing'
  | 'droplet-limit'
  | 'size-unavailable'
  | 'region-unavailable'
  | 'image-unavailable'
  | 'name-invalid'
  | 'tag-invalid'
  | 'ssh-key-unknown'
  | 'ssh-key-in-use'
  | 'ssh-key-invalid'
  | 'pending-event'
  | 'request-refused'
  | 'rate-limited'
  // DigitalOcean, or something on the way to it, failed.
  | 'server-error'
  | 'gateway-error'
  | 'proxy-login-needed'
  | 'redirected'
  | 'answer-unreadable'
  | 'dns-failed'
  | 'connection-refused'
  | 'network-unreachable'
  | 'connection-lost'
  | 'timed-out'
  | 'tls-failed'
  // A create whose answer did not arrive: it may have been done.
  | 'answer-lost';

/** Texts for one kind of failure. `{scope}`, `{groups}`, `{host}` and `{status}` are filled in. */
export interface Failure {
  readonly code: ApiErrorCode;
  /** Cause without a full stop: `DigitalOcean is rate limiting`. */
  readonly reason: string;
  readonly hint: string;
  /** May succeed later without anything being changed. */
  readonly retryable?: true;
}

export interface ConnectionFailureKind extends Failure {
  /** Codes of Node.js and OpenSSL. */
  readonly systemCode: RegExp;
}

/** First match counts; the last matches all. */
export const CONNECTION_FAILURES: readonly ConnectionFailureKind[] = [
  {
    code: 'dns-failed',
    systemCode: /^(ENOTFOUND|EAI_)/,
    reason: 'the name {host} cannot be resolved',
    hint: 'Check that this machine is online and its DNS works. A proxy (HTTPS_PROXY) is not used.',
    retryable: true,
  },
  {
    code: 'connection-refused',
    systemCode: /^ECONNREFUSED$/,
    reason: '{host} refuses connections',
    hint: 'Check DIGITALOCEAN_API_URL, and whether a firewall is in the way.',
    retryable: true,
  },
  {
    code: 'network-unreachable',
    systemCode: /^(ENETUNREACH|EHOSTUNREACH|ENETDOWN|EHOSTDOWN|EADDRNOTAVAIL)$/,
    reason: '{host} cannot be reached',
    hint: 'Check that this machine is online. A proxy (HTTPS_PROXY) is not used.',
    retryable: true,
  },
  {
    code: 'timed-out',
    systemCode: /^ETIMEDOUT$/,
    reason: '{host} does not answer in time',
    hint: 'Check your connection, then try again.',
    retryable: true,
  },
  {
    code: 'tls-failed',
    systemCode:
      /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|HOSTNAME_MISMATCH|EPROTO)/,
    reason: 'the certificate of {host} cannot be verified',
    hint: 'Check this machine’s date. If your network inspects TLS, name its CA in NODE_EXTRA_CA_CERTS.',
  },
  {
    code: 'answer-unreadable',
    systemCode: /^(HPE_|EMSGSIZE|Z_)/,
    reason: 'the answer is not from DigitalOcean’s API',
    hint: 'Check DIGITALOCEAN_API_URL, and whether this network wants you to sign in first.',
    retryable: true,
  },
  {
    code: 'connection-lost',
    systemCode: /^/,
    reason: 'the connection to {host} was lost',
    hint: 'Check your connection, then try again.',
    retryable: true,
  },
];

export interface AnswerFailure extends Failure {
  /** First and last status it applies to. */
  readonly statuses: readonly [number, number];
  /** Pattern that DigitalOcean's message must match, when the status alone is ambiguous. */
  readonly text?: RegExp;
  /** Only for bodies that are not DigitalOcean's JSON: something on the way answered. */
  readonly foreignBody?: true;
}

const NEW_TOKEN = `Create a new token at ${TOKENS_PAGE} with the groups {groups}.`;
const STATUS_PAGE = 'Usually passes within minutes; see https://status.digitalocean.com if not.';
const BLOCKED_HINT =
  'Look at https://cloud.digitalocean.com/account/billing for a message, or ask DigitalOcean’s support.';
const CREATE = [400, 422] as const;

/** First match counts. Texts: CONTRACT.md, section "Errors" (seen in public reports, not promised). */
export const ANSWER_FAILURES: readonly AnswerFailure[] = [
  {
    code: 'token-invalid',
    statuses: [401, 401],
    reason: 'DigitalOcean does not accept the token',
    hint: `It may be expired, revoked or mistyped. ${NEW_TOKEN}`,
  },
  {
    code: 'account-finalizing',
    statuses: [403, 422],
    text: /finaliz/i,
    reason: 'DigitalOcean is still setting up this new account',
    hint: 'This takes up to a minute for a new account. Then try again.',
    retryable: true,
  },
  {
    code: 'account-blocked',
    statuses: [402, 422],
    text: /billing|payment|locked|past due|suspend/i,
    reason: 'DigitalOcean blocks this account',
    hint: BLOCKED_HINT,
  },
  {
    code: 'droplet-limit',
    statuses: [403, 422],
    text: /droplet limit/i,
    reason: 'the account has reached its droplet limit',
    hint: 'Destroy a droplet, or ask for more at https://cloud.digitalocean.com/account/team/droplet_limit_increase.',
  },
  {
    code: 'scope-missing',
    statuses: [403, 403],
    reason: 'the token is not allowed to do this',
    hint: `It needs the scope {scope}. ${NEW_TOKEN}`,
  },
  {
    code: 'not-found',
    statuses: [404, 404],
    reason: 'DigitalOcean does not know it',
    hint: 'It may be deleted, belong to another team, or be too new to be read.',
  },
  {
    code: 'proxy-login-needed',
    statuses: [407, 407],
    reason: 'a proxy on the way wants a login',
    hint: 'Ask your network’s administrator for direct access to {host}.',
  },
  {
    code: 'timed-out',
    statuses: [408, 408],
    reason: 'DigitalOcean got the request too slowly',
    hint: 'Check your connection, then try again.',
    retryable: true,
  },
  {
    code: 'rate-limited',
    statuses: [429, 429],
    reason: 'DigitalOcean is rate limiting',
    hint: 'Wait, and end other programs that use the same token.',
    retryable: true,
  },
  {
    code: 'size-unavailable',
    statuses: CREATE,
    text: /size is not available|invalid size/i,
    reason: 'DigitalOcean does not offer this size there at the moment',
    hint: 'Choose another region.',
  },
  {
    code: 'region-unavailable',
    statuses: CREATE,
    text: /region is not available|invalid region/i,
    reason: 'the region is not available at the moment',
    hint: 'Choose another region.',
  },
  {
    code: 'image-unavailable',
    statuses: CREATE,
    text: /invalid image|image is not available/i,
    reason: 'DigitalOcean does not offer this image',
    hint: 'Choose another region, or update this program.',
  },
  {
    code: 'ssh-key-unknown',
    statuses: CREATE,
    text: /invalid key identifier/i,
    reason: 'DigitalOcean does not know the SSH key yet',
    hint: 'A new key can take a few seconds to become known. Then try again.',
    retryable: true,
  },
  {
    code: 'ssh-key-in-use',
    statuses: CREATE,
    text: /already in use/i,
    reason: 'the account already has this SSH key',
    hint: 'Use the existing key.',
  },
  {
    code: 'ssh-key-invalid',
    statuses: CREATE,
    text: /key invalid/i,
    reason: 'DigitalOcean does not accept the SSH key',
    hint: 'Try again: a new key is made each time.',
  },
  {
    code: 'name-invalid',
    statuses: CREATE,
    text: /hostname characters/i,
    reason: 'DigitalOcean does not accept the name',
    hint: 'Use letters, numbers and hyphens only.',
  },
  {
    code: 'tag-invalid',
    statuses: CREATE,
    text: /tag.*invalid|invalid.*tag/i,
    reason: 'DigitalOcean does not accept the tag',
    hint: 'Use letters, numbers, colons, hyphens and underscores only.',
  },
  {
    code: 'pending-event',
    statuses: CREATE,
    text: /pending event/i,
    reason: 'the droplet is busy with something else',
    hint: 'Try again in a minute.',
    retryable: true,
  },
  {
    code: 'redirected',
    statuses: [300, 399],
    reason: 'the answer redirects to another address, which is not followed',
    hint: 'Check DIGITALOCEAN_API_URL, and whether this network wants you to sign in first.',
  },
  {
    code: 'gateway-error',
    statuses: [502, 504],
    foreignBody: true,
    reason: 'a proxy or gateway before DigitalOcean answered {status}',
    hint: STATUS_PAGE,
    retryable: true,
  },
  {
    code: 'server-error',
    statuses: [500, 599],
    reason: 'DigitalOcean failed with {status}',
    hint: STATUS_PAGE,
    retryable: true,
  },
  {
    code: 'request-refused',
    statuses: [400, 499],
    reason: 'DigitalOcean refuses the request with {status}',
    hint: 'Update this program; if it is up to date, report this.',
  },
  {
    code: 'answer-unreadable',
    statuses: [0, 999],
    reason: 'the answer is not from DigitalOcean’s API',
    hint: 'Check DIGITALOCEAN_API_URL, and whether this network wants you to sign in first.',
    retryable: true,
  },
];
