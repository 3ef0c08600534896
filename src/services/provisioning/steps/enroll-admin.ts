import { p12PasswordKey } from '../../keystore/keystore.js';
import { PanelError } from '../../panel/panel-error.js';
import { readServerFile } from '../../registry/server-files.js';
import { ProvisioningError } from '../errors.js';
import { poll } from '../poll.js';
import { outputOf, type Step, type StepContext } from '../step.js';

/** What a panel that is still starting may answer. */
const PASSES = new Set([
  'panel-refused',
  'panel-timeout',
  'panel-server-down',
  'panel-unreachable',
]);

/** Proves that what was stored really opens the panel, with nothing but the store, the file and the pin. */
export const enrollAdmin: Step<'enroll_admin'> = {
  id: 'enroll_admin',

  async run(context, signal) {
    const client = await openPanel(context);
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
      return { panelVersion: health.version ?? null };
    } finally {
      client.close();
    }
  },
};

async function openPanel(
  context: StepContext,
): Promise<ReturnType<StepContext['ports']['createPanelClient']>> {
  const { ports, request } = context;
  const [passphrase, p12, certificate] = await Promise.all([
    ports.keystore.get(p12PasswordKey(request.serverId)),
    readServerFile(ports.home, request.serverId, 'client.p12'),
    readServerFile(ports.home, request.serverId, 'panel.pem'),
  ]);
  if (passphrase === undefined || p12 === undefined || certificate === undefined)
    throw notKept(ports.keystore.title);
  ports.redactor.add(passphrase);
  return ports.createPanelClient({
    panelUrl: outputOf(context, 'install_portlama').panelUrl,
    trust: { kind: 'pinned', certificatePem: certificate.toString('utf8') },
    identity: { p12, passphrase },
    dial: ports.dial,
  });
}

function notKept(store: string): ProvisioningError {
  return new ProvisioningError({
    code: 'credentials-lost',
    message: `The certificate or its password is no longer there (${store}).`,
    hint: 'Something removed it while the server was being made. Retry usually works.',
  });
}
