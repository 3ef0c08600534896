import { messageOf } from '../../core/errors.js';
import { runProgram } from '../process/program.js';

const TIMEOUT_MS = 10_000;

/**
 * Why this curl cannot use an identity of the keychain; undefined when it can. Only curl's Secure Transport backend
 * looks there. The curl of macOS has it beside LibreSSL ("(SecureTransport) LibreSSL/3.3.6"); curl itself dropped it
 * in 8.15, so that a macOS may come without.
 */
export async function whyCurlCannot(
  curl: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const options = { environment, timeoutMs: TIMEOUT_MS };
    const { stdout } = await runProgram(curl, ['--disable', '--version'], options);
    const [version = ''] = stdout.split('\n');
    if (/\bSecureTransport\b/.test(version)) return undefined;
    return `${curl} has no Secure Transport, by which it would find a certificate in the keychain`;
  } catch (error) {
    return `${curl} cannot be used: ${messageOf(error)}`;
  }
}
