import type { LogEntry } from '../../words/operations.js';
import type { LogLine, LogState } from '../../widgets/log-view.js';
import { style, type Text } from '../../widgets/markup.js';
import { count, timeOf } from '../../words/formats.js';

/** Entries as lines with the time of day. */
export function logLines(entries: readonly LogEntry[]): readonly LogLine[] {
  return entries.map((entry) => {
    const line = { time: timeOf(entry.at), text: entry.text };
    return entry.style === 'plain' ? line : { ...line, style: entry.style };
  });
}

/** State of the log, for its border. */
export function logNote({ follow, wrap, search, matches }: LogState): Text {
  const parts = [
    search === '' ? undefined : count(matches, 'match', 'matches'),
    wrap ? 'wrap' : undefined,
    follow ? 'follow' : 'paused',
  ];
  return style('muted', parts.filter((part) => part !== undefined).join(' · '));
}
