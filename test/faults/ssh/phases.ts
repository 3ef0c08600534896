import type { StepId } from '../../../src/services/provisioning/steps/index.js';
import type { Cut, Direction } from '../../fixtures/cutting-proxy.js';
import { randomFrom } from '../../fixtures/seeded-random.js';

/** A part of a provisioning that goes over the network to the droplet. */
export interface Phase {
  readonly name: string;
  readonly step: StepId;
  /** The installer is uploaded. */
  readonly upload: boolean;
}

const CONNECT: Phase = { name: 'connect', step: 'wait_ssh', upload: false };
const UPLOAD: Phase = { name: 'upload', step: 'install_portlama', upload: true };
const INSTALL: Phase = { name: 'install', step: 'install_portlama', upload: false };
const RETRIEVAL: Phase = { name: 'retrieval', step: 'retrieve_credentials', upload: false };
const ENROLMENT: Phase = { name: 'enrolment', step: 'enroll_admin', upload: false };
const HAND_OVER: Phase = { name: 'hand-over', step: 'cleanup', upload: false };

export const PHASES = { CONNECT, UPLOAD, INSTALL, RETRIEVAL, ENROLMENT, HAND_OVER };

/** Of each ten seeds: what takes longest in a real run is what is cut most. */
const OF_TEN: readonly Phase[] = [
  CONNECT,
  INSTALL,
  UPLOAD,
  RETRIEVAL,
  HAND_OVER,
  INSTALL,
  UPLOAD,
  RETRIEVAL,
  HAND_OVER,
  ENROLMENT,
];

/** Bytes in each direction. */
export type Volume = Readonly<Record<Direction, number>>;

export function phaseOf(seed: number): Phase {
  return OF_TEN[seed % OF_TEN.length]!;
}

const HOWS: readonly Cut['how'][] = [
  ...Array.from({ length: 4 }, () => 'reset' as const),
  ...Array.from({ length: 4 }, () => 'close' as const),
  'silence',
];

/**
 * One to three cuts, the same for the same seed: the first one within the phase's own volume, the others also while
 * it is connected again.
 */
export function cutsOf(seed: number, phase: Volume, connecting: Volume): readonly Cut[] {
  const random = randomFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const count = 1 + Math.floor(random() ** 2 * 3);
  return Array.from({ length: count }, (_, index) => {
    const direction = pick<Direction>(['up', 'down']);
    const volume = phase[direction] + (index === 0 ? 0 : connecting[direction]);
    return { direction, bytes: Math.floor(random() * volume), how: pick(HOWS) };
  });
}
