import { InputError } from '../core/errors.js';

/** Whether a text is this fingerprint: `AB:CD:…`, as openssl prints it after its name, or without colons. */
export function isFingerprint(text: string, sha256: string): boolean {
  const digits = (of: string): string =>
    of.replace(/^.*=/, '').replaceAll(/[:\s]/g, '').toLowerCase();
  return digits(text) === digits(sha256);
}

/** Nobody could be asked, and no fingerprint was given, or another one. */
export function notConfirmed(
  lines: readonly string[],
  command: string,
  sha256: string,
): InputError {
  return new InputError({
    code: 'certificate-not-confirmed',
    message: 'The panel’s certificate has to be confirmed: nothing was done.',
    hint: [...lines, `If it is the same: portlama-tui ${command} --yes ${sha256}`].join('\n'),
  });
}
