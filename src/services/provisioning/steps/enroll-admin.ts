import type { Keychain, KeychainIdentity } from '../../keychain/keychain.js';
import { PanelError } from '../../panel/panel-error.js';
import type { PanelClient, PanelIdentity } from '../../panel/panel.js';
import { readServerFile, serverFolder, wipeServerFile } from '../../registry/server-files.js';
import { credentialsLost } from '../errors.js';
import { poll } from '../timing.js';
import { outputOf, type Step, type StepContext, type Undo } from '../worker/step.js';
import { p12PasswordKey } from '../../keystore/keystore.js';

declare module '../worker/step.js' {
  interface StepOutputs {
    readonly enroll_admin: {
      readonly panelVersion: string | null;
      /** Common name of the identity in the keychain, and then there is no file any more. */
      readonly keychainIdentity?: string;
    };
  }
}

/** Failures that pass: the panel is starting, or its clock was put right after it made the certificate. */
const PASSES = new Set([
  'panel-certificate-early',
  'panel-refused',
  'panel-timeout',
  'panel-server-down',
  'panel-unreachable',
]);

/**
 * Puts the certificate where it is to stay, and proves that it really opens the panel from there, with nothing but
 * the pin and what is kept here.
 */
export const step: Step<'enroll_admin'> = {
  async run(context, signal) {
    const enrolled = await enrollIdentity(context, signal);
    const client = await openPanel(context, enrolled);
    try {
      const { clock, timing } = context.ports;
      let last: unknown;
      const health = await poll(
        () =>
          client.getHealth({ signal }).catch(async (error: unknown) => {
            if (!(error instanceof PanelError) || !PASSES.has(error.code)) throw error;
            last = error;
            await context.waiting(`the panel cannot be opened yet: ${error.message}`);
            return undefined;
          }),
        { clock, timeoutMs: timing.panelMs, minPollMs: timing.minPollMs, signal },
      );
      if (health === undefined) throw last;
      await context.log(`the certificate opens the panel (version ${health.version ?? 'unknown'})`);
      const panelVersion = health.version ?? null;
      if (enrolled === undefined) return { panelVersion };
      await forgetFile(context);
      return { panelVersion, keychainIdentity: enrolled.name };
    } finally {
      client.close();
    }
  },

  undo: undoIdentity,
};

async function openPanel(
  context: StepContext,
  enrolled: KeychainIdentity | undefined,
): Promise<PanelClient> {
  const { ports, request } = context;
  const certificate = await readServerFile(ports.home, request.serverId, 'panel.pem');
  if (certificate === undefined) throw credentialsLost(ports.keystore.title);
  const { panelUrl } = outputOf(context, 'install_portlama');
  const trust = { kind: 'pinned', certificatePem: certificate.toString('utf8') } as const;
  if (enrolled !== undefined && ports.keychain !== undefined)
    return ports.keychain.openPanel({ panelUrl, trust, identity: enrolled });
  const identity = await readIdentity(context);
  return ports.createPanelClient({ panelUrl, trust, identity, dial: ports.dial });
}

/**
 * Moves the certificate's key into the login keychain on a Mac, from which it cannot be exported.
 * Undefined without a usable keychain: then the file remains the credential, and the log says why.
 */
async function enrollIdentity(
  context: StepContext,
  signal: AbortSignal,
): Promise<KeychainIdentity | undefined> {
  const { keychain } = context.ports;
  if (keychain === undefined) return undefined;
  const wanted = expectedIdentity(context);
  if (wanted === undefined) return await stayFile(context, 'the certificate has no plain name');
  const known = await keychain.list(signal);
  // A worker that was killed may have imported it, and have removed the file as well.
  if (!known.some(({ sha1 }) => sha1 === wanted.sha1)) {
    const reason = await whyNot(keychain, wanted, known);
    if (reason !== undefined) return await stayFile(context, reason);
    const identity = await readIdentity(context);
    const folder = serverFolder(context.ports.home, context.request.serverId);
    await keychain.add(identity, { folder, signal });
  }
  await context.log(`the key is in the login keychain (${wanted.name}), and cannot be taken out`);
  return wanted;
}

/** Once the keychain is known to open the panel, the file and its password are no longer kept. */
async function forgetFile({ ports, request }: StepContext): Promise<void> {
  await wipeServerFile(ports.home, request.serverId, 'client.p12');
  await ports.keystore.delete(p12PasswordKey(request.serverId));
}

/** The .p12 and its password as an earlier step left them. */
async function readIdentity({ ports, request }: StepContext): Promise<PanelIdentity> {
  const [passphrase, p12] = await Promise.all([
    ports.keystore.get(p12PasswordKey(request.serverId)),
    readServerFile(ports.home, request.serverId, 'client.p12'),
  ]);
  if (passphrase === undefined || p12 === undefined) throw credentialsLost(ports.keystore.title);
  ports.redactor.add(passphrase);
  return { p12, passphrase };
}

/** Undo also when the import's effect is unknown: removal checks the keychain. */
function undoIdentity(context: StepContext): readonly Undo[] {
  const { keychain } = context.ports;
  const identity = expectedIdentity(context);
  if (keychain === undefined || identity === undefined) return [];
  const { name, sha1 } = identity;
  return [
    {
      resource: {
        kind: 'keychain-identity',
        id: `${name} ${sha1}`,
        monthlyUsd: 0,
        removeBy: `Delete it: security delete-identity -Z ${sha1}`,
      },
      async remove(signal) {
        return (await keychain.remove(sha1, signal)) ? 'removed' : 'absent';
      },
    },
  ];
}

function expectedIdentity({ outputs }: StepContext): KeychainIdentity | undefined {
  const { identityName, identitySha1 } = outputs.retrieve_credentials ?? {};
  if (identityName === undefined || identitySha1 === undefined) return undefined;
  return { name: identityName, sha1: identitySha1 };
}

async function stayFile(context: StepContext, reason: string): Promise<undefined> {
  const { title } = context.ports.keystore;
  await context.log(`the certificate stays a file, its password in ${title}: ${reason}`);
}

/** Half a sentence for the log. */
async function whyNot(
  keychain: Keychain,
  wanted: KeychainIdentity,
  known: readonly KeychainIdentity[],
): Promise<string | undefined> {
  // All panels call their administrator the same, and curl finds an identity by its name only.
  if (known.some(({ name }) => name === wanted.name))
    return `the keychain has another identity called ${wanted.name}, and curl could not tell them apart`;
  return await keychain.unsuited();
}
