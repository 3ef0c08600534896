import { type LegacyOutcome, moveLegacyPasswords } from '../services/keystore/legacy-passwords.js';
import { readServerP12 } from '../services/registry/server-files.js';
import type { World } from './world.js';

/** Moves passwords that other programs left in servers.json, and says on standard error what became of them. */
export async function sayLegacyPasswords(world: World): Promise<void> {
  const outcome = await moveOutOfServersJson(world).catch(() => undefined);
  // A file that cannot be read is told by the command that needs it.
  if (outcome === undefined) return;
  for (const line of legacyLines(world, outcome)) process.stderr.write(`${line}\n`);
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

/** What was done, in words. */
export function legacyLines(
  { registry, keystore }: World,
  { moved, left }: LegacyOutcome,
): readonly string[] {
  const lines: string[] = [];
  if (moved.length > 0) {
    lines.push(
      `${count(moved.length)} another program left in ${registry.path} moved to ${keystore.title}.`,
    );
  }
  if (left.length > 0) {
    lines.push(
      `${count(left.length)} another program left in ${registry.path} can be read there by anybody who can read the file, and stayed: ${left[0]?.reason ?? ''}`,
    );
  }
  return lines;
}

function count(passwords: number): string {
  return passwords === 1
    ? 'A certificate password that'
    : `${passwords} certificate passwords that`;
}
