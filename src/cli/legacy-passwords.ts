import { legacyLines } from '../app/legacy-words.js';
import { type LegacyOutcome, moveLegacyPasswords } from '../services/keystore/legacy-passwords.js';
import { readServerP12 } from '../services/registry/server-files.js';
import type { World } from './world.js';
import { writeText } from './write.js';

/** Moves passwords that other programs left in servers.json, and reports the outcome on standard error. */
export async function sayLegacyPasswords(world: World): Promise<void> {
  const { registry, keystore } = world;
  const outcome = await moveOutOfServersJson(world).catch(() => undefined);
  // Ignore an unreadable file: the command that needs it reports it.
  if (outcome === undefined) return;
  const lines = legacyLines(outcome, { path: registry.path, store: keystore.title });
  for (const { text } of lines) writeText(process.stderr, `${text}\n`);
}

export async function moveOutOfServersJson(world: World): Promise<LegacyOutcome> {
  const { registry, keystore, redactor, home } = world;
  return await moveLegacyPasswords({
    registry,
    keystore,
    redactor,
    readP12: async (id) => {
      const server = (await registry.list()).find((entry) => entry.id === id);
      return server === undefined ? undefined : await readServerP12(home, server);
    },
  });
}
