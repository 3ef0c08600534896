import type { ServerEntry } from '../../services/registry/registry.js';
import type { DialogLine } from '../dialogs.js';
import type { EnvironmentFacts } from '../../usecases/work.js';

/**
 * How a browser gets at a certificate whose key is in a Mac's keychain, and cannot be taken out. `isHere`: the
 * browser is on this machine.
 */
export function keychainLines(
  { keychainIdentity }: ServerEntry,
  { hasKeychain, hostName }: Pick<EnvironmentFacts, 'hasKeychain' | 'hostName'>,
  isHere: boolean,
): readonly DialogLine[] {
  if (!hasKeychain)
    return ['Its certificate is in the keychain of a Mac: open the panel in a browser there.'];
  const name = keychainIdentity ?? 'of this server';
  if (isHere)
    return [
      `Its certificate is the identity ${name} in the login keychain of this Mac. Nothing has to be imported: Safari and Chrome offer it by themselves.`,
      '',
      'macOS asks once whether the browser may use the key. Firefox takes it with security.osclientcerts.autoload in about:config.',
    ];
  return [
    `Its certificate is the identity ${name} in the login keychain of ${hostName}, and the key cannot be taken out: open the panel in a browser on that Mac.`,
    '',
    'For a browser elsewhere: the server itself still has the file, and its password.',
    { strong: '  /etc/portlama/pki/client.p12' },
    { strong: '  /etc/portlama/pki/.p12-password' },
  ];
}
