import { keyOf } from './keys.js';
import { certificateService } from '../core/admin-auth.js';
import { RESET_COMMAND, SERVER_PATH } from '../core/product.js';
import { shellWord } from '../core/shell-word.js';
import type { Keystore } from '../services/keystore/keystore.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { commandLine } from './hints.js';
import type { ShellLine } from './question.js';
import { serverName } from './servers.js';

/** Text, a path, or a command to copy. */
type AccessLine = string | ShellLine | { readonly strong: string };

export interface AccessFacts {
  readonly environment: {
    /** True on a Mac, where keys of certificates go into the login keychain. */
    readonly hasKeychain: boolean;
    readonly hostName: string;
    readonly sandbox: boolean;
    readonly userName: string;
    /** Address the person reached this machine at by SSH. */
    readonly reachedAt?: { readonly address: string; readonly port: string } | undefined;
  };
  readonly keystore: Pick<Keystore, 'kind' | 'title'>;
}

/** Place of the instructions: a screen has buttons. */
type Where = 'screen' | 'command';

/** The button that `importLines` names. */
export const IMPORT_FILE = 'Import a file';

/** Instructions to get the admin certificate into the browser that opens the panel. `isHere`: it is on this machine. */
export function accessLines(
  server: ServerEntry,
  { environment, keystore }: AccessFacts,
  isHere: boolean,
  where: Where = 'command',
): readonly AccessLine[] {
  if (server.authMethod === 'keychain') return keychainLines(server, environment, isHere);
  if (server.p12Path === undefined) return missingCertificateLines(server, environment, where);
  return [
    ...(isHere
      ? ['Import this file in the browser’s certificate settings:', { strong: server.p12Path }]
      : [
          'The panel asks for the admin certificate. On the computer with the browser, run',
          { shellLine: scpCommand(environment, server.p12Path), copy: 'Copy scp' },
          'and import client.p12 in the browser’s certificate settings.',
        ]),
    '',
    ...passwordLines(keystore, server),
  ];
}

/** Command to type where the browser is; fetches the file from this machine. */
export function scpCommand(
  { userName, hostName, reachedAt }: AccessFacts['environment'],
  path: string,
): string {
  const host = reachedAt?.address ?? hostName;
  const port = (reachedAt?.port ?? '22') === '22' ? '' : `-P ${reachedAt?.port} `;
  return `scp ${port}${userName}@${host.includes(':') ? `[${host}]` : host}:${shellWord(path)} .`;
}

/** Instructions to read the password here; it is never shown unasked. */
function passwordLines(
  { kind, title }: AccessFacts['keystore'],
  { id, adminAuth }: ServerEntry,
): readonly AccessLine[] {
  if (kind !== 'os') return [`The import asks for its password, which is in ${title}.`];
  const service = certificateService(adminAuth);
  const command = title.includes('macOS')
    ? `security find-generic-password -w -s ${service} -a ${shellWord(id)}`
    : `secret-tool lookup service ${service} account ${shellWord(id)}`;
  return ['The import asks for its password. Show it here with', { shellLine: command }];
}

/**
 * Instructions for a certificate whose key is in a Mac's keychain, and cannot be taken out. `isHere`: the browser is on
 * this machine.
 */
function keychainLines(
  { keychainIdentity }: ServerEntry,
  { hasKeychain, hostName }: Pick<AccessFacts['environment'], 'hasKeychain' | 'hostName'>,
  isHere: boolean,
): readonly AccessLine[] {
  if (!hasKeychain)
    return ['Its certificate is in the keychain of a Mac: open the panel in a browser there.'];
  const name = keychainIdentity ?? 'of this server';
  if (isHere)
    return [
      `Its certificate is the identity ${name} in the login keychain of this Mac. No import is needed: Safari and Chrome offer it.`,
      '',
      'macOS asks once whether the browser may use the key. Firefox uses it if security.osclientcerts.autoload is set in about:config.',
    ];
  return [
    `Its certificate is the identity ${name} in the login keychain of ${hostName}, and the key cannot be taken out: open the panel in a browser on that Mac.`,
    '',
    'For a browser elsewhere, use the file and password on the server:',
    { strong: `  ${SERVER_PATH.p12}` },
    { strong: `  ${SERVER_PATH.p12Password}` },
  ];
}

const NO_CERTIFICATE = 'The admin certificate is not on this machine.';

/**
 * Instructions to bring the admin certificate of a server not made here, or its password, to this machine (guide:
 * "Adding an existing server"). `missing`: the first sentence.
 */
export function missingCertificateLines(
  server: ServerEntry,
  world: { readonly sandbox: boolean },
  where: Where,
  missing = NO_CERTIFICATE,
): readonly AccessLine[] {
  return [
    `${missing} It may still be in the browser of the computer it was installed on. On the server, the certificate and its password are in`,
    { strong: `  ${SERVER_PATH.p12}` },
    { strong: `  ${SERVER_PATH.p12Password}` },
    'If they are lost, or no longer match after a renewal, run this on the server as root to create new ones in the same files:',
    { shellLine: RESET_COMMAND, copy: 'Copy reset' },
    ...importLines(server, world, where),
  ];
}

function importLines(
  server: ServerEntry,
  world: { readonly sandbox: boolean },
  where: Where,
): readonly AccessLine[] {
  const id = serverName(server);
  const purpose = 'To monitor its health from here, copy the file to this machine';
  if (where === 'screen')
    return [
      `${purpose}, then press ${IMPORT_FILE}: it asks for the password and saves both.`,
      ...(isAdopted(server)
        ? [
            `Then confirm the panel’s own certificate with ${keyOf('servers.certificate')} on its row.`,
          ]
        : []),
    ];
  return [
    `${purpose} and run`,
    { shellLine: commandLine({ command: 'certificate.import', id }, world) },
    'It asks for the password and saves both.',
    ...(isAdopted(server)
      ? [
          'Then confirm the panel’s own certificate with',
          { shellLine: commandLine({ command: 'certificate.trust', id }, world) },
        ]
      : []),
  ];
}

/** The panel of one that was added by its address, or made here, was confirmed then. */
function isAdopted({ provider, p12Path, authMethod }: ServerEntry): boolean {
  return provider !== undefined && p12Path === undefined && authMethod === 'p12';
}
