import { setTimeout as delay } from 'node:timers/promises';
import type { Direction } from '../../fixtures/cutting-proxy.js';
import type { Cell, CellResult } from '../matrix.js';
import { drive } from './drive.js';
import { type Phase, PHASES } from './phases.js';
import { checkWhole } from './verdict.js';
import { volumeOf } from './volumes.js';
import type { SshWorld } from './world.js';

const { INSTALL, UPLOAD, RETRIEVAL, HAND_OVER } = PHASES;
/** Real limits and budgets, passed so many times faster. */
const HASTE = 10;
const AWAY_MS = 150;
/** Of the bytes of a phase. */
const SHARES = [0.05, 0.2, 0.4, 0.6, 0.8, 0.95];

interface Point {
  readonly phase: Phase;
  readonly share: number;
  readonly direction: Direction;
}

const POINTS: readonly Point[] = [
  ...SHARES.map((share): Point => ({ phase: INSTALL, share, direction: 'down' })),
  ...SHARES.map((share): Point => ({ phase: UPLOAD, share, direction: 'up' })),
  { phase: RETRIEVAL, share: 0.5, direction: 'down' },
  { phase: HAND_OVER, share: 0.5, direction: 'down' },
];

/** sshd is started anew in the middle: its connections end and it is away for a moment, as when it is hardened. */
export function restartCells(): readonly Cell[] {
  return POINTS.map((point) => ({
    name: `sshd restarts, ${point.phase.name} at ${point.share * 100} %`,
    run: () => restartAt(point),
  }));
}

async function restartAt({ phase, share, direction }: Point): Promise<CellResult> {
  const bytes = Math.floor(share * (await volumeOf(phase))[direction]);
  let restarted: Promise<void> | undefined;
  const options = {
    phase,
    haste: HASTE,
    cuts: [{ direction, bytes, how: 'close' } as const],
    onCut: (world: SshWorld) => void (restarted ??= restart(world)),
  };
  return await drive(options, async ({ world, outcome, wrong }) => {
    await restarted;
    const missed = restarted === undefined ? ['sshd was not restarted'] : [];
    const violations = [...wrong, ...missed, ...(await checkWhole(world))];
    return { outcome: `${outcome ?? 'hangs'} (sshd restarted)`, violations };
  });
}

async function restart({ sshd }: SshWorld): Promise<void> {
  await sshd.halt();
  await delay(AWAY_MS);
  await sshd.start();
}
