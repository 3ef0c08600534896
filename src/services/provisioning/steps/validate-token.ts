import { labelTakenText } from '../../../core/label.js';
import { ENV } from '../../../core/product.js';
import { checkToken, requireUsableToken } from '../../digitalocean/token-check.js';
import { acceptanceLines } from '../../digitalocean/scopes.js';
import type { FoundPackage } from '../../installer/find-package.js';
import { parseInstallerSource } from '../../installer/installer-source.js';
import { probeServerFiles } from '../../registry/server-files.js';
import { ProvisioningError, requirePrice } from '../errors.js';
import type { Step, StepContext } from '../worker/step.js';

declare module '../worker/step.js' {
  interface StepOutputs {
    readonly validate_token: {
      readonly email: string;
      /** Id of the token's team; null where DigitalOcean did not say. */
      readonly team: string | null;
      readonly teamName?: string | null;
      readonly monthlyUsd: number;
    };
  }
}

/** Everything that can be known to fail is asked here, before anything exists that costs money. */
export const step: Step<'validate_token'> = {
  async run(context, signal) {
    const { ports, request } = context;
    const installer = parseInstallerSource(request.installer);
    // One after the other: none may still be writing when another has failed the step.
    await requireFreeLabel(context);
    await ports.keystore.probe();
    await ports.keychain?.probe(signal);
    // Test write access for retrieve_credentials, save_registry and cleanup.
    await probeServerFiles(ports.home);
    await ports.registry.probe();
    const [report, monthlyUsd, found] = await Promise.all([
      checkToken(ports.api, signal),
      requireOfferedSize(context, signal),
      installer.kind === 'npm' ? ports.findPackage?.(installer.spec, signal) : undefined,
    ]);
    requireUsableToken(report);
    await requireInstaller(context, found);
    const email = report.account?.email ?? 'unknown';
    for (const line of acceptanceLines(report)) await context.log(line);
    const { teamId = null, teamName = null } = report.account ?? {};
    return { email, team: teamId, teamName, monthlyUsd };
  },
};

/** Rejects only on a registry's definite no: the droplet queries the registry itself. */
async function requireInstaller(
  context: StepContext,
  found: FoundPackage | undefined,
): Promise<void> {
  if (found?.kind === 'unknown') {
    const { installer } = context.request;
    await context.log(`warning: the installer ${installer} was not looked up: ${found.reason}`);
  }
  if (found?.kind !== 'missing') return;
  throw new ProvisioningError({
    code: 'installer-missing',
    message: `${found.what} at ${found.registry}, so the droplet would have nothing to install.`,
    hint: `Correct ${ENV.installer}, or the registry that npm is configured for (npm config get registry).`,
  });
}

async function requireFreeLabel({ ports, request }: StepContext): Promise<void> {
  const servers = await ports.registry.list();
  if (!servers.some((server) => server.label === request.label)) return;
  throw new ProvisioningError({
    code: 'label-taken',
    message: labelTakenText(request.label),
    hint: 'Choose another label, or destroy or remove that server first.',
  });
}

/** The monthly price. */
async function requireOfferedSize(context: StepContext, signal: AbortSignal): Promise<number> {
  const { ports, request } = context;
  const [regions, sizes] = await Promise.all([
    ports.api.listRegions(signal),
    ports.api.listSizes(signal),
  ]);
  return requirePrice(regions, sizes, request);
}
