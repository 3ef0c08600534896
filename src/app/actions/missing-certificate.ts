import type { ServerEntry } from '../../services/registry/registry.js';
import type { DialogLine } from '../dialogs.js';
import type { KeystoreState } from '../state.js';

/** How the admin certificate of a server that was not made here comes to this machine (guide: "Adding an existing server"). */
export function missingCertificateLines(
  { ip, id, provider }: ServerEntry,
  keystore: Pick<KeystoreState, 'kind' | 'title'>,
): readonly DialogLine[] {
  return [
    'Its admin certificate is not on this machine. Where it was installed, its client.p12 and the password may still be in the browser. On the server they are',
    { strong: '  /etc/portlama/pki/client.p12' },
    { strong: '  /etc/portlama/pki/.p12-password' },
    'If they are lost, run this there as root; it makes new ones in the same places:',
    { strong: '  portlama-reset-admin' },
    `To watch its health from here as well, bring the file (from ${ip}) to`,
    { strong: `  ~/.portlama/servers/${id}/client.p12` },
    ...passwordLines(id, keystore),
    // One that was added by its address had its panel confirmed then.
    ...(provider === undefined ? [] : ['Then c on its row confirms the panel’s own certificate.']),
  ];
}

function passwordLines(
  id: string,
  { kind, title }: Pick<KeystoreState, 'kind' | 'title'>,
): readonly DialogLine[] {
  if (kind !== 'os')
    return [`and its password into the credential store, which ${title} has no way for yet.`];
  const command = title.includes('macOS')
    ? `security add-generic-password -s com.portlama.server -a ${id} -w`
    : `secret-tool store --label=portlama service com.portlama.server account ${id}`;
  return ['and store its password with', { strong: `  ${command}` }];
}
