import { count, lengthOf, whenOf } from './formats.js';

/** Outage that began, ended or both while no screen was open. */
export interface AwayOutage {
  readonly label: string;
  readonly from: number;
  /** Undefined where no return was seen. */
  readonly to: number | undefined;
}

/** `While you were away: lab was offline for 14 min, from 09:31.` */
export function awayLine({ label, from, to }: AwayOutage, now: number): string {
  const when = whenOf(from, now);
  const what =
    to === undefined
      ? `went offline at ${when}`
      : `was offline for ${lengthOf(to - from)}, from ${when}`;
  return `While you were away: ${label} ${what}.`;
}

/** `While you were away: 3 outages of 2 servers, the longest 14 min. L shows them.` */
export function awaySummary(outages: readonly AwayOutage[], key: string): string {
  const servers = new Set(outages.map(({ label }) => label)).size;
  const of = servers === 1 ? `of ${outages[0]!.label}` : `of ${count(servers, 'server')}`;
  const longest = Math.max(...outages.map(({ from, to = from }) => to - from));
  const length = longest > 0 ? `, the longest ${lengthOf(longest)}` : '';
  return `While you were away: ${count(outages.length, 'outage')} ${of}${length}. ${key} shows them.`;
}
