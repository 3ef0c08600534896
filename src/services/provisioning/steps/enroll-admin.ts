import type { KeychainIdentity } from '../../keychain/keychain.js';
import { PanelError } from '../../panel/panel-error.js';
import type { PanelClient } from '../../panel/panel.js';
import { readServerFile } from '../../registry/server-files.js';
import { credentialsLost } from '../errors.js';
import { poll } from '../poll.js';
import { outputOf, type Step, type StepContext } from '../worker/step.js';
import { enrollIdentity, forgetFile, readIdentity, undoIdentity } from './enroll-identity.js';

/** Answers of a panel that is still starting. */
const PASSES = new Set([
  'panel-refused',
  'panel-timeout',
  'panel-server-down',
  'panel-unreachable',
]);

/**
 * Puts the certificate where it is to stay, and proves that it really opens the panel from there, with nothing but
 * the pin and what is kept here.
 */
export const enrollAdmin: Step<'enroll_admin'> = {
  id: 'enroll_admin',

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
            await context.waiting(`the panel does not answer yet: ${error.message}`);
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
