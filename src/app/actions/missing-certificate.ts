import type { ServerEntry } from '../../services/registry/registry.js';
import type { DialogLine } from '../dialogs.js';
import { serverWord } from '../../words/servers.js';
import type { ActionContext } from './context.js';

const NO_CERTIFICATE = 'Its admin certificate is not on this machine.';

/**
 * How the admin certificate of a server that was not made here, or its password, comes to this machine (guide: "Adding
 * an existing server"). `missing`: what is to be said first.
 */
export function missingCertificateLines(
  server: ServerEntry,
  missing = NO_CERTIFICATE,
): readonly DialogLine[] {
  return [
    `${missing} Where it was installed, its client.p12 and the password may still be in the browser. On the server they are`,
    { strong: '  /etc/portlama/pki/client.p12' },
    { strong: '  /etc/portlama/pki/.p12-password' },
    'If they are lost, run this there as root; it makes new ones in the same places:',
    { strong: '  portlama-reset-admin' },
    'To watch its health from here as well, bring the file here and run',
    { strong: `  portlama-tui certificate import ${serverWord(server)} client.p12` },
    'which asks for the password and keeps both.',
    ...(isAdopted(server)
      ? [
          'Then c on its row confirms the panel’s own certificate, and so does',
          { strong: `  portlama-tui certificate trust ${serverWord(server)}` },
        ]
      : []),
  ];
}

/** The panel of one that was added by its address, or made here, was confirmed then. */
function isAdopted({ provider, p12Path, authMethod }: ServerEntry): boolean {
  return provider !== undefined && p12Path === undefined && authMethod === 'p12';
}

/** What the last look at the panel found missing on this machine, to be said first; undefined: nothing, or none looked. */
export function missingHere(
  { store, ports }: ActionContext,
  { id, authMethod }: ServerEntry,
): string | undefined {
  const health = store.state.health.get(id)?.health;
  if (health?.state !== 'certificate-needed') return undefined;
  // It is in the keychain of another machine, and is to be used there.
  if (authMethod === 'keychain' && !ports.environment.hasKeychain) return undefined;
  if (health.lacks === 'password')
    return `The password of its admin certificate, as the server has it, is not in ${ports.keystore.title}.`;
  return health.lacks === 'client-certificate'
    ? 'There is no admin certificate on this machine that opens its panel.'
    : undefined;
}
