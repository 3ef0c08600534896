import { join } from 'node:path';
import { ENV, WATCH_UNIT } from '../core/product.js';
import { mainModule } from '../main/own-program.js';
import type { World } from '../main/world.js';
import { requirePlace } from '../services/watching/metrics-server.js';
import { absoluteHomeFolder } from '../services/process/surroundings.js';
import { readUnit, unitPath, writeUnit } from '../services/watching/user-unit.js';
import { installWatch } from '../usecases/watch/install-watch.js';
import type { Work } from '../usecases/work.js';
import { outletsOf, type WatchWish } from './watch.js';

/** Variables that a watch needs as they are here; none of them is a secret. */
const KEPT = [ENV.home, ENV.passphraseCommand, 'DIGITALOCEAN_API_URL', 'NODE_EXTRA_CA_CERTS'];

/** Writes a unit that watches as wished. Resolves to the exit code. */
export async function installUnit(world: World, work: Work, wish: WatchWish): Promise<number> {
  // Refuse unusable input now, instead of installing a unit that fails again and again.
  outletsOf(wish);
  if (wish.metrics !== undefined) requirePlace(wish.metrics);
  const { XDG_CONFIG_HOME: configured = '' } = process.env;
  const config = configured === '' ? join(absoluteHomeFolder() ?? '/', '.config') : configured;
  const words = [
    ...(wish.json ? ['--json'] : []),
    ...(['exec', 'webhook', 'metrics'] as const).flatMap((name) =>
      wish[name] === undefined ? [] : [`--${name}`, wish[name]],
    ),
  ];
  const kept = KEPT.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  await installWatch({
    ...work,
    command: [process.execPath, mainModule(), 'watch', ...words],
    environment: { [ENV.keystore]: 'vault', ...Object.fromEntries(kept) },
    hasPassphraseCommand: world.settings.passphraseSource?.kind === 'command',
    userName: work.environment.userName,
    path: unitPath(config, { name: WATCH_UNIT }),
    read: readUnit,
    write: writeUnit,
  });
  return 0;
}
