import type { Activity } from '../../app/state.js';
import { type LogLine, LogView } from '../../widgets/log-view.js';
import { WidgetOverlay } from '../../widgets/panel.js';
import type { Modal, ScreenContext } from '../shell/screen.js';
import { timeOf } from '../../words/formats.js';

/** All messages; later ones are added while it is open. */
export function createActivityLog({ terminal }: ScreenContext): Modal {
  // Wrap lines: the end of a message says how to proceed.
  const log = new LogView(terminal, {
    empty: 'Nothing has happened yet.',
    wrap: true,
    onBorder: true,
  });
  const overlay = new WidgetOverlay(terminal, { title: 'Activity', content: log, hasBar: true });
  let shown: readonly Activity[] = [];
  return {
    overlay,
    content: log,
    show({ activity }) {
      if (activity === shown) return;
      const last = shown.at(-1);
      const added = last === undefined ? activity : activity.slice(activity.indexOf(last) + 1);
      shown = activity;
      log.append(activityLines(added));
    },
  };
}

/** Messages as log lines, oldest first. Pure. */
function activityLines(activity: readonly Activity[]): readonly LogLine[] {
  return activity.map(({ at, style, text }) => ({ time: timeOf(at), text, style }));
}
