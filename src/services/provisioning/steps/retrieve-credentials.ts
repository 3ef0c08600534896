import type { X509Certificate } from 'node:crypto';
import { RESET_COMMAND, SERVER_PATH } from '../../../core/product.js';
import { identityOf } from '../../keychain/security-tool.js';
import { p12PasswordKey } from '../../keystore/keystore.js';
import { readClientCertificate } from '../../panel/identity.js';
import { PanelError } from '../../panel/panel-error.js';
import { removeServerFiles, serverFolder, writeServerFile } from '../../registry/server-files.js';
import { ProvisioningError } from '../errors.js';
import { readRemoteFiles } from '../../ssh/read-files.js';
import type { ExecResult } from '../../ssh/ssh.js';
import { withPatience } from '../worker/deadline.js';
import type { Step, StepContext, StepOutputs } from '../worker/step.js';
import { undoCredential } from '../worker/operation-secrets.js';

declare module '../worker/step.js' {
  interface StepOutputs {
    readonly retrieve_credentials: {
      readonly p12Path: string;
      /** Name of the certificate in a keychain; left out without a keychain. */
      readonly identityName?: string;
      readonly identitySha1?: string;
    };
  }
}

/** A password is a line; anything longer is not the installer's file. */
const PASSWORD_MAX_BYTES = 1024;
const CERTIFICATE_MAX_BYTES = 1024 * 1024;
const FILES = {
  p12: { path: SERVER_PATH.p12, maxBytes: CERTIFICATE_MAX_BYTES },
  password: { path: SERVER_PATH.p12Password, maxBytes: PASSWORD_MAX_BYTES },
  panelPem: { path: SERVER_PATH.panelCertificate, maxBytes: CERTIFICATE_MAX_BYTES },
};

interface Credentials {
  readonly p12: Buffer;
  readonly passphrase: string;
  readonly certificate: X509Certificate;
  readonly panelPem: Buffer;
}

/**
 * The certificate goes into a file (it is encrypted), its password into the credential store and nowhere else. Keeps
 * neither before the password has opened the file.
 */
export const step: Step<'retrieve_credentials'> = {
  async run(context, signal) {
    const { ports, request } = context;
    const credentials = await fetchFitting(context, signal);
    const { p12, passphrase, panelPem } = credentials;
    await ports.keystore.set(p12PasswordKey(request.serverId), passphrase);
    const p12Path = await writeServerFile(ports.home, request.serverId, 'client.p12', p12);
    await writeServerFile(ports.home, request.serverId, 'panel.pem', panelPem);
    await context.log(`certificate saved in ${p12Path}, its password in ${ports.keystore.title}`);
    return { p12Path, ...(await describeIdentity(context, credentials)) };
  },

  undo({ ports, request }) {
    const folder = serverFolder(ports.home, request.serverId);
    return [
      {
        resource: {
          kind: 'file',
          id: folder,
          monthlyUsd: 0,
          removeBy: `Delete the folder ${folder}.`,
        },
        async remove() {
          return (await removeServerFiles(ports.home, request.serverId)) ? 'removed' : 'absent';
        },
      },
      undoCredential(ports.keystore, p12PasswordKey(request.serverId)),
    ];
  },
};

/** The certificate alone, by which its identity in the keychain is known once the file is gone; nothing elsewhere. */
async function describeIdentity(
  { ports, request }: StepContext,
  { certificate }: Credentials,
): Promise<Pick<StepOutputs['retrieve_credentials'], 'identityName' | 'identitySha1'>> {
  if (ports.keychain === undefined) return {};
  await writeServerFile(ports.home, request.serverId, 'client.pem', certificate.toString());
  const identity = identityOf(certificate);
  if (identity === undefined) return {};
  return { identityName: identity.name, identitySha1: identity.sha1 };
}

/**
 * Takes the pair that is on the droplet. One that does not fit is made anew, once: a rotation leaves the old password
 * (contract: `.p12-password`), and a server that was used between two tries is worth more than that certificate.
 */
async function fetchFitting(context: StepContext, signal: AbortSignal): Promise<Credentials> {
  try {
    return await fetchPair(context, signal);
  } catch (error) {
    if (!(error instanceof PanelError) || error.code !== 'p12-wrong-password') throw error;
    await context.log(`creating a new certificate on the droplet: ${error.message}`);
    const reset = (either: AbortSignal): Promise<ExecResult> =>
      // Its output has the password: it is read by nothing.
      context.shell.use((shell) => shell.exec(RESET_COMMAND, { signal: either }), either);
    const { exitCode } = await withPatience(context, reset, signal);
    if (exitCode !== 0) throw error;
    return await fetchPair(context, signal);
  }
}

/** Rejects with `p12-wrong-password` or `p12-unreadable` for files that do not fit. */
async function fetchPair(context: StepContext, signal: AbortSignal): Promise<Credentials> {
  const download = (either: AbortSignal): Promise<Record<keyof typeof FILES, Buffer>> =>
    context.shell.use((shell) => readRemoteFiles(shell, FILES, either), either);
  const { p12, password, panelPem } = await withPatience(context, download, signal);
  const passphrase = password.toString('utf8').trim();
  if (passphrase === '') throw noPassword();
  context.ports.redactor.add(passphrase);
  const certificate = await readClientCertificate({ p12, passphrase });
  return { p12, passphrase, certificate, panelPem };
}

function noPassword(): ProvisioningError {
  return new ProvisioningError({
    code: 'p12-password-empty',
    message: 'The droplet has an empty certificate password.',
  });
}
