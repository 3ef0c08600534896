import { PortlamaError } from '../../../core/errors.js';
import { joinHints } from '../../../core/hint.js';
import { KeystoreError } from '../../keystore/keystore.js';
import { PanelError } from '../../panel/panel-error.js';
import { SshError, type SshErrorCode } from '../../ssh/ssh-error.js';
import { ProvisioningError } from '../errors.js';

const WAY_TO_SSH: ReadonlySet<SshErrorCode> = new Set<SshErrorCode>([
  'connection-refused',
  'connection-timeout',
  'connection-reset',
  'connection-lost',
  'host-unreachable',
  // A captive network answers in the droplet's place.
  'not-ssh',
]);

/**
 * Converts an error when only the connection to the droplet is broken, or the local store does not
 * answer: the server may be intact, so nothing is destroyed for it. Undefined for any other error.
 */
export function asPassing(error: unknown): ProvisioningError | undefined {
  if (!(error instanceof PortlamaError) || !mayPass(error)) return undefined;
  const { code, message, hint, retryable } = error;
  const wellThere = 'Nothing was removed, since the installation may go on without this machine.';
  return new ProvisioningError({
    code,
    message,
    hint: joinHints(hint, wellThere),
    retryable,
    cause: error,
  });
}

function mayPass(error: PortlamaError): boolean {
  if (error instanceof SshError) return WAY_TO_SSH.has(error.code);
  if (error instanceof PanelError)
    return error.code === 'panel-timeout' || error.code === 'panel-unreachable';
  // Exclude `session-ended`: secrets kept in a program's memory are gone with it.
  return error instanceof KeystoreError && error.code !== 'session-ended';
}
