import { InputError } from '../../core/errors.js';
import { restoreNewestBackup } from '../../services/registry/backup.js';
import { RegistryError } from '../../services/registry/registry-error.js';
import { say } from '../say.js';
import type { World } from '../world.js';
import { listServers } from './list.js';

/** Puts the newest backup in the place of a servers.json that cannot be read; that one is kept. The exit code. */
export async function restoreServers(world: World): Promise<number> {
  const { registry, clock } = world;
  if (await isReadable(world)) {
    throw new InputError({
      code: 'nothing-to-restore',
      message: `${registry.path} can be read: nothing is to be restored.`,
      hint: 'What it holds: portlama-tui servers',
    });
  }
  const kept = await restoreNewestBackup(registry.path, clock);
  say(world, `The list is back. The file that could not be read is kept as ${kept}`);
  return await listServers(world);
}

async function isReadable({ registry }: World): Promise<boolean> {
  try {
    await registry.list();
    return true;
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'registry-unreadable') return false;
    throw error;
  }
}
