import type { ProgramResult } from '../process/program.js';
import { answerWithoutEnd } from './panel-answer.js';
import { certificateRequired, PanelError } from './panel-error.js';

/** curl's exit codes (curl(1), EXIT CODES). */
const NAME_UNKNOWN = 6;
const NOT_CONNECTED = 7;
const TIMED_OUT = 28;
const CLIENT_CERTIFICATE = 58;
const PEER_CERTIFICATE = new Set([51, 60]);
const TOO_LARGE = 63;
const PIN_DIFFERS = 90;
/** Options that it does not know, or that it was built without. */
const INCAPABLE = new Set([2, 4, 48]);

/**
 * Says in a PanelError why curl failed. The numbers behind a colon are those of the Security framework, as curl's
 * Secure Transport backend prints them.
 */
export function curlFailure(
  { exitCode, stderr }: ProgramResult,
  host: string,
  { identityName, curl }: { readonly identityName: string; readonly curl: string },
): PanelError {
  const cause = new Error(`curl ended with ${exitCode ?? 'a signal'}: ${stderr.trim()}`);
  const name = JSON.stringify(identityName);
  const fail = (code: ConstructorParameters<typeof PanelError>[0], text: string): PanelError =>
    new PanelError(code, text, cause);
  // errSecInteractionNotAllowed
  if (/-25308\b|interaction is not allowed/i.test(stderr))
    return fail('identity-locked', `The key of ${name} cannot be used: the keychain is locked.`);
  // errSecAuthFailed (curl says it in words), userCanceledErr
  if (/SSL authentication failed|-25293\b|:-128\b/.test(stderr))
    return fail('identity-denied', `The key of ${name} may not be used: macOS was told so.`);
  if (exitCode === CLIENT_CERTIFICATE)
    return fail('identity-missing', `curl finds no identity ${name} in the keychain.`);
  if (exitCode === PIN_DIFFERS)
    return fail('panel-certificate-changed', `The certificate of ${host} is not the pinned one.`);
  if (exitCode === NAME_UNKNOWN)
    return fail('panel-name-unknown', `The name of ${host} cannot be resolved.`);
  if (exitCode === TIMED_OUT) return fail('panel-timeout', `${host} did not answer in time.`);
  if (exitCode === TOO_LARGE) return answerWithoutEnd(host);
  // Newer versions of curl no longer report a refusal as such.
  if (exitCode === NOT_CONNECTED && /refused/i.test(stderr))
    return fail('panel-refused', `${host} refuses connections.`);
  if (exitCode === NOT_CONNECTED)
    return fail('panel-unreachable', `${host} cannot be reached: nothing takes the connection.`);
  if (PEER_CERTIFICATE.has(exitCode ?? 0))
    return fail('panel-certificate-invalid', `The certificate of ${host} is not valid.`);
  // In the words of Secure Transport, and of OpenSSL.
  if (
    /requires a client certificate|rejected the client certificate|alert.*certificate/i.test(stderr)
  )
    return certificateRequired(host, cause);
  if (INCAPABLE.has(exitCode ?? 0))
    return fail('curl-failed', `${curl} cannot do what is needed to ask ${host}.`);
  return fail('panel-unreachable', `${host} cannot be reached: curl ended with ${exitCode}.`);
}
