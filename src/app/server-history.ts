import type { Bucket, ServerHistory } from '../services/health/history/history.js';
import type { AppState } from './state.js';

/** Pure functions over the history of a server, for the screens. */
export {
  bucketsOf,
  HOUR_MS,
  outagesIn,
  type ServerHistory,
  uptimeOf,
} from '../services/health/history/history.js';

/** All that is kept of a server; undefined until it was read. */
export function historyOf({ lookedAt }: AppState, serverId: string): ServerHistory | undefined {
  return lookedAt?.serverId === serverId ? lookedAt.history : undefined;
}

/** Buckets as a chart draws them. */
export function barsOf(buckets: readonly Bucket[]) {
  return buckets.map(({ latency, failed, count }) => ({
    value: latency?.mean,
    failed: failed > 0,
    empty: count === 0,
  }));
}
