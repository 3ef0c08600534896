import type { ServerEntry } from '../../services/registry/registry.js';
import type { DialogLine } from '../dialogs.js';
import { serverWord } from '../server-word.js';

/** How the admin certificate of a server that was not made here comes to this machine (guide: "Adding an existing server"). */
export function missingCertificateLines(server: ServerEntry): readonly DialogLine[] {
  return [
    'Its admin certificate is not on this machine. Where it was installed, its client.p12 and the password may still be in the browser. On the server they are',
    { strong: '  /etc/portlama/pki/client.p12' },
    { strong: '  /etc/portlama/pki/.p12-password' },
    'If they are lost, run this there as root; it makes new ones in the same places:',
    { strong: '  portlama-reset-admin' },
    'To watch its health from here as well, bring the file here and run',
    { strong: `  portlama-tui certificate import ${serverWord(server)} client.p12` },
    'which asks for the password and keeps both.',
    // One that was added by its address had its panel confirmed then.
    ...(server.provider === undefined
      ? []
      : [
          'Then c on its row confirms the panel’s own certificate, and so does',
          { strong: `  portlama-tui certificate trust ${serverWord(server)}` },
        ]),
  ];
}
