import type { LegacyOutcome } from '../services/keystore/legacy-passwords.js';

/** Outcome for passwords that another program left in servers.json; `warn` if some stayed there. */
export interface LegacyLine {
  readonly style: 'ok' | 'warn';
  readonly text: string;
}

export function legacyLines(
  { moved, left }: LegacyOutcome,
  { path, store }: { readonly path: string; readonly store: string },
): readonly LegacyLine[] {
  const lines: LegacyLine[] = [];
  if (moved.length > 0) {
    const text = `${count(moved.length)} in the clear in ${path} moved to ${store}.`;
    lines.push({ style: 'ok', text });
  }
  if (left.length > 0) {
    const stays = left.length === 1 ? 'stays' : 'stay';
    const text = `${count(left.length)} ${stays} in the clear in ${path}: ${left[0]?.reason ?? ''}`;
    lines.push({ style: 'warn', text });
  }
  return lines;
}

function count(passwords: number): string {
  return passwords === 1 ? 'A certificate password' : `${passwords} certificate passwords`;
}
