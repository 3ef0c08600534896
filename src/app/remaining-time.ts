import type { Operation, PastOperation } from '../services/provisioning/operations.js';
import type { AnyStepId, StepId } from '../services/provisioning/steps/index.js';

/** Usual lengths of steps, ms. */
export type StepTimes = Readonly<Partial<Record<AnyStepId, number>>>;

/** Lengths on DigitalOcean where none were measured here yet, ms. */
const FIRST: Readonly<Record<StepId, number>> = {
  validate_token: 2_000,
  generate_ssh_key: 1_000,
  upload_ssh_key: 1_000,
  create_droplet: 3_000,
  wait_droplet: 60_000,
  setup_dns: 10_000,
  wait_ssh: 25_000,
  install_portlama: 133_000,
  retrieve_credentials: 3_000,
  enroll_admin: 3_000,
  save_registry: 1_000,
  cleanup: 6_000,
};
/** Length of a step of work on a server: unknown, since it depends on DNS and on the panel. */
const UNKNOWN_MS = 30_000;
/** The sandbox keeps the proportions at a tenth of the time. */
const SANDBOX_SHARE = 0.1;
/** Past provisionings that are learned from, the newest. */
const LEARNED_FROM = 5;
/** Share of its usual length that a step is believed to need still when that is over. */
const OVERTIME = 0.1;

/** Medians of the last provisionings that succeeded; `past` has the newest first. */
export function usualTimes(past: readonly PastOperation[]): StepTimes {
  const taught = past
    .filter(({ end, steps, kind }) => end === 'succeeded' && kind === undefined && steps)
    .slice(0, LEARNED_FROM)
    .map(({ steps }) => steps!);
  const ids = Object.keys(FIRST) as StepId[];
  return Object.fromEntries(
    ids.flatMap((id) => {
      const times = taught.map((steps) => steps[id]).filter(isTime);
      return times.length === 0 ? [] : [[id, median(times)]];
    }),
  );
}

function isTime(ms: unknown): ms is number {
  return typeof ms === 'number' && Number.isFinite(ms) && ms >= 0;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)]!;
}

export interface Estimate {
  /** Share of the whole time that is over, from 0 to 1. */
  readonly share: number;
  readonly leftMs: number;
}

/** Progress of a running provisioning, by time rather than by steps. */
export function estimate(
  operation: Operation,
  usual: StepTimes,
  { sandbox, now }: { readonly sandbox: boolean; readonly now: number },
): Estimate {
  let over = 0;
  let leftMs = 0;
  for (const { id, status, startedAt } of operation.steps) {
    const first = id in FIRST ? FIRST[id as StepId] : UNKNOWN_MS;
    const length = usual[id] ?? first * (sandbox ? SANDBOX_SHARE : 1);
    const elapsed = status === 'running' ? Math.max(0, now - (startedAt ?? now)) : 0;
    const left = status === 'done' ? 0 : Math.max(length - elapsed, length * OVERTIME);
    leftMs += left;
    over += length - Math.min(left, length);
  }
  return { share: over + leftMs === 0 ? 1 : over / (over + leftMs), leftMs };
}
