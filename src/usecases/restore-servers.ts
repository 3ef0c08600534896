import { InputError } from '../core/errors.js';
import { RegistryError } from '../services/registry/registry.js';
import { restoreInterruptedText, restoreQuestion } from '../words/servers.js';
import type { KeyWork } from './work.js';

/**
 * Replaces a servers.json that cannot be read by the newest backup; the unreadable file is kept. Throws
 * `nothing-to-restore` while it can be read. Resolves to where that file is kept.
 */
export async function restoreServers(work: KeyWork): Promise<string> {
  const { registry, face } = work;
  if (await isReadable(work)) {
    throw new InputError({
      code: 'nothing-to-restore',
      message: `${registry.path} is readable: there is nothing to restore.`,
      hint: { lead: 'What it holds', command: 'servers' },
    });
  }
  await face.confirm(restoreQuestion(registry.path));
  const held = face.hold(restoreInterruptedText(registry.path));
  const kept = await work.restoreServers().finally(() => held.dispose());
  work.news({ kind: 'servers-changed' });
  face.say(`Restored the list. The unreadable file is kept as ${kept}`, 'ok');
  return kept;
}

async function isReadable({ registry }: KeyWork): Promise<boolean> {
  try {
    await registry.list();
    return true;
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'registry-unreadable') return false;
    throw error;
  }
}
