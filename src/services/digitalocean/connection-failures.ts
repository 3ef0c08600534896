import type { Failure } from './failure.js';

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
    reason: '{host} does not prove with its certificate that it is {host}',
    hint: 'Check this machine’s date. If your network inspects TLS, name its CA in NODE_EXTRA_CA_CERTS.',
  },
  {
    code: 'answer-unreadable',
    systemCode: /^(HPE_|EMSGSIZE|Z_)/,
    reason: 'the answer is not what DigitalOcean’s API answers',
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
