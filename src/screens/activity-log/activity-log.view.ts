import type { Activity } from '../../app/state.js';
import type { LogLine } from '../../widgets/log-view.js';
import { timeOf } from '../shell/wording.js';

/** Messages as log lines, oldest first. Pure. */
export function activityLines(activity: readonly Activity[]): readonly LogLine[] {
  return activity.map(({ at, style, text }) => ({ time: timeOf(at), text, style }));
}
