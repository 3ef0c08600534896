import { createHealthCheck } from '../services/health/panel-health-check.js';
import { HealthPoller } from '../services/health/health-poller.js';
import { SharedHealth } from '../services/health/shared-health.js';
import type { World } from './world.js';

/** Health of the servers of a home folder, looked at here or read from the program that does. */
export interface OpenHealth {
  readonly health: SharedHealth;
  /** Resolves when all is written, and another program may take over. */
  readonly close: () => Promise<void>;
}

export function openHealth(world: World): OpenHealth {
  const { home, dial, keystore, keychain, clock, authorities } = world;
  const healthCheck = createHealthCheck({ home, dial, keystore, keychain, clock, authorities });
  const poller = new HealthPoller({
    clock,
    check: healthCheck.check,
    onForget: (id) => healthCheck.forget(id),
    certificateEnd: (id) => healthCheck.certificateEnd(id),
  });
  const onError = (message: string): void => world.log.write('error', message);
  const health = new SharedHealth({ home, clock, poller, onError });
  return {
    health,
    close: async () => {
      await health.close();
      poller.dispose();
      healthCheck.dispose();
    },
  };
}
