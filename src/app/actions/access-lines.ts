import { shellWord } from '../../core/shell-word.js';
import type { Keystore } from '../../services/keystore/keystore.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import type { DialogLine } from '../dialogs.js';
import type { EnvironmentFacts } from '../../usecases/work.js';
import { keychainLines } from './keychain-lines.js';
import { missingCertificateLines } from './missing-certificate.js';

export interface AccessFacts {
  readonly environment: Pick<
    EnvironmentFacts,
    'hasKeychain' | 'hostName' | 'reachedAt' | 'userName'
  >;
  readonly keystore: Pick<Keystore, 'kind' | 'title'>;
}

/** How the admin certificate gets into the browser that is to open the panel. `isHere`: it is on this machine. */
export function accessLines(
  server: ServerEntry,
  { environment, keystore }: AccessFacts,
  isHere: boolean,
): readonly DialogLine[] {
  if (server.authMethod === 'keychain') return keychainLines(server, environment, isHere);
  if (server.p12Path === undefined) return missingCertificateLines(server);
  return [
    ...(isHere
      ? ['Import this file in the browser’s certificate settings:', { strong: server.p12Path }]
      : [
          'The panel asks for the admin certificate. Where the browser is, fetch it',
          { strong: scpCommand(environment, server.p12Path) },
          'and import client.p12 in the browser’s certificate settings.',
        ]),
    '',
    ...passwordLines(keystore, server),
  ];
}

/** Typed where the browser is, it fetches the file from here. */
export function scpCommand(
  { userName, hostName, reachedAt }: AccessFacts['environment'],
  path: string,
): string {
  const host = reachedAt?.address ?? hostName;
  const port = (reachedAt?.port ?? '22') === '22' ? '' : `-P ${reachedAt?.port} `;
  return `scp ${port}${userName}@${host.includes(':') ? `[${host}]` : host}:${shellWord(path)} .`;
}

/** How to read the password here; it is never shown by itself. */
function passwordLines(
  { kind, title }: AccessFacts['keystore'],
  { id }: ServerEntry,
): readonly DialogLine[] {
  if (kind !== 'os') return [`The import asks for its password, which is in ${title}.`];
  const command = title.includes('macOS')
    ? `security find-generic-password -w -s com.portlama.server -a ${shellWord(id)}`
    : `secret-tool lookup service com.portlama.server account ${shellWord(id)}`;
  return ['The import asks for its password. Read it here with', { strong: command }];
}
