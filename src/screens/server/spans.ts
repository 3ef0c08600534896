import { HOUR_MS } from '../../app/server-history.js';
import { DAY_MS } from '../../core/time.js';

/** A span of time that the chart can show. */
export interface Span {
  readonly name: string;
  readonly words: string;
  readonly ms: number;
  /** More bars would have gaps that mean nothing: a look comes each 30 s. */
  readonly mostBars: number;
}

export const SPANS: readonly [Span, ...Span[]] = [
  { name: '1h', words: 'hour', ms: HOUR_MS, mostBars: 90 },
  { name: '24h', words: '24 hours', ms: DAY_MS, mostBars: 1_440 },
  { name: '7d', words: '7 days', ms: 7 * DAY_MS, mostBars: 1_008 },
  { name: '30d', words: '30 days', ms: 30 * DAY_MS, mostBars: 360 },
];

/** Names the command that shows a span. */
export function spanCommand(name: string): string {
  return `server.span-${name}`;
}

/** Gives the usual key of the span at a place of `SPANS`. */
export function spanKey(index: number): string {
  return String(index + 1);
}
