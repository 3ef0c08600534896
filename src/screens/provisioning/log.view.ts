import type { LogEntry } from '../../words/operations.js';
import type { LogLine, LogState } from '../../widgets/log-view.js';
import { style, type Text } from '../../widgets/markup.js';
import { count, grouped, timeOf } from '../../words/formats.js';

/** Entries as lines with the time of day. */
export function logLines(entries: readonly LogEntry[]): readonly LogLine[] {
  return entries.map((entry) => {
    const { isFailure } = entry;
    const line = { time: timeOf(entry.at), text: entry.text, isFailure };
    return entry.style === 'plain' ? line : { ...line, style: entry.style };
  });
}

/** State of the log, for its border: `wrap · follow`, `paused · line 212 of 219`. */
export function logNote(log: LogState, isOver: boolean): Text {
  const { follow, wrap, search, matches, at, lines } = log;
  const place = at === undefined ? undefined : `line ${grouped(at)} of ${grouped(lines)}`;
  const parts = [
    search === '' ? undefined : count(matches, 'match', 'matches'),
    wrap ? 'wrap' : undefined,
    isOver ? undefined : follow ? 'follow' : 'paused',
    follow ? undefined : place,
  ];
  return style('muted', parts.filter((part) => part !== undefined).join(' · '));
}
