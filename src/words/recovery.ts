import { admitLine, LOGIN_HOURS } from '../core/admit-key.js';
import { PANEL_PORT, RESET_COMMAND, SERVER_PATH } from '../core/product.js';
import type { AlsoValid } from '../services/panel/recover-certificate.js';
import type { Resource } from '../services/provisioning/journal/records.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { TemporaryLogin } from '../services/ssh/temporary-login.js';
import { dayOf } from './certificates.js';
import type { Confirmation, Instruction, TextQuestion } from './question.js';
import { consoleUrl } from './ssh.js';

/** `SHA256:…`, alone or in what ssh-keygen prints. */
export const FINGERPRINT = /SHA256:[A-Za-z0-9+/]{43}/;

/** Question before a certificate is made anew on the server. */
export function recoverQuestion(
  { label }: ServerEntry,
  wanted: string,
  way: 'own-key' | 'console',
): Confirmation {
  return {
    title: `Recover the certificate of ${label}?`,
    lines: [
      `${RESET_COMMAND} on the server creates a new admin certificate and revokes the newest one at once, including all copies.`,
      `It also turns off the panel’s second factor, reopens port ${PANEL_PORT} and restarts the panel.`,
      way === 'own-key'
        ? 'The program runs it over SSH with your key, which the server accepts.'
        : 'The program runs it over SSH with a temporary key. To let the key in, you run one command on the server’s console; it is shown next.',
    ],
    yes: 'Recover',
    danger: true,
    typed: label,
    effect: 'recover it',
    advance: {
      value: label,
      accepts: (text) => text === wanted || text === label,
      refusal: `The certificate of ${label} was not recovered: confirm it with its label.`,
    },
  };
}

/** Way to let the temporary key in: the console, the line to run there, and what it prints. */
export function admitInstruction(
  server: ServerEntry,
  login: Pick<TemporaryLogin, 'publicKey'>,
  fingerprint: string,
): Instruction {
  const { label, providerId } = server;
  return {
    title: `Allow the temporary key on ${label}`,
    lines: [
      providerId === undefined
        ? `Run this command on ${label} as root:`
        : `Open the console of ${label} and run this command there as root:`,
    ],
    url: providerId === undefined ? undefined : consoleUrl(server),
    copy: admitLine(login),
    after: [
      `It prints the server’s fingerprint, ${fingerprint}. No other server is trusted.`,
      `The key is removed at the end. It works for ${LOGIN_HOURS} hours at most.`,
    ],
  };
}

/** Asks for what the line printed, where the server’s host key is not known here. */
export function fingerprintQuestion(
  server: ServerEntry,
  login: Pick<TemporaryLogin, 'publicKey'>,
): TextQuestion {
  const { lines, url, copy } = admitInstruction(server, login, '');
  return {
    title: `Host key of ${server.label}`,
    lines: [...lines, ...(url === undefined ? [] : [{ url }]), { strong: copy }],
    field: 'What it printed (SHA256:…)',
    problem: (text) =>
      FINGERPRINT.test(text) ? undefined : 'Expected: SHA256: and 43 letters, digits, + or /.',
  };
}

/** Warns of a certificate that was rotated away before: a reset ends the newest one only. */
export function alsoValidText({ notAfter, serial = '', isSure }: AlsoValid): string {
  const day = dayOf(notAfter);
  const state = isSure
    ? `stays valid until ${day}: the reset revokes only the newest`
    : `may stay valid until ${day}: the panel did not say, and the reset revokes only the newest`;
  return `The previous certificate on this machine ${state}. If its key may have leaked, add its serial ${serial} to ${SERVER_PATH.pki}/revoked.json, as root on the server.`;
}

export const DEAD_CERTIFICATE =
  'The reset has revoked the certificate on this machine; the new one is on the server.';

/** The temporary key's line, where it could not be taken away. */
export function loginLeft(
  { ip }: ServerEntry,
  { publicKey }: Pick<TemporaryLogin, 'publicKey'>,
  operationId: string,
): Resource {
  const [, , mark = ''] = publicKey.split(' ');
  return {
    kind: 'ssh-key',
    id: `${mark} on ${ip}`,
    monthlyUsd: 0,
    removeBy: [
      `It stops working ${LOGIN_HOURS} hours after its command was run.`,
      { lead: 'Once that is possible', command: 'operations.cleanup', id: operationId },
    ],
  };
}
