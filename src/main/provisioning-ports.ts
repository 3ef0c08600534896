import { isLoopbackApi } from '../services/digitalocean/api-url.js';
import { packageFinder } from '../services/installer/find-package.js';
import { runInstaller } from '../services/installer/run-installer.js';
import { createPanelClient } from '../services/panel/panel-client.js';
import { absoluteHomeFolder } from '../services/process/surroundings.js';
import type { ProvisioningPorts } from '../services/provisioning/worker/step.js';
import { connectSsh, withSshLog } from '../services/ssh/connect.js';
import { type World, worldTiming } from './world.js';

/** Ports of a worker; the API is the one that the operation began with. */
export function provisioningPorts(
  world: World,
  apiUrl: string,
  token: string,
  dnsToken: string | undefined,
): ProvisioningPorts {
  const { clock, redactor, log, keystore, keychain, registry, dial, home } = world;
  return {
    home,
    api: world.createApi(token),
    dnsApi: dnsToken === undefined ? undefined : world.createApi(dnsToken),
    apiIsLoopback: isLoopbackApi(apiUrl),
    keystore,
    keychain,
    registry,
    dial,
    connectSsh: withSshLog(connectSsh, log),
    runInstaller,
    findPackage: world.settings.sandbox
      ? undefined
      : packageFinder({ environment: process.env, homeFolder: absoluteHomeFolder() }),
    createPanelClient,
    clock,
    redactor,
    timing: worldTiming(world),
  };
}
