import type { KeyBinding } from './table.js';

/** The activity log, which lies above a screen: its widget answers all of these itself. */
export const ACTIVITY_LOG: readonly KeyBinding[] = [
  {
    command: 'back',
    keys: ['escape', 'q'],
    context: 'activity-log',
    label: 'close',
    description: 'End the search; close the activity log',
    hint: 10,
    last: true,
  },
  {
    command: 'move',
    keys: ['up', 'down', 'j', 'k', 'g', 'G', 'pageup', 'pagedown', 'home', 'end'],
    context: 'activity-log',
    label: 'scroll',
    description: 'Scroll through the messages',
    hint: 20,
    hintedKeys: 2,
  },
  {
    command: 'activity-log.wrap',
    keys: ['w'],
    context: 'activity-log',
    label: 'wrap',
    description: 'Wrap long messages, or cut them: then Left and Right show the rest',
    hint: 30,
  },
  {
    command: 'activity-log.search',
    keys: ['/'],
    context: 'activity-log',
    label: 'search',
    description: 'Search the messages',
    hint: 40,
  },
  {
    command: 'activity-log.follow',
    keys: ['f'],
    context: 'activity-log',
    label: 'follow',
    description: 'Keep the newest message in view, or stop doing so',
    hint: 50,
  },
  {
    command: 'activity-log.next-match',
    keys: ['n', 'N'],
    context: 'activity-log',
    label: 'next match',
    description: 'Next or previous match in the messages',
    hint: 60,
    hintedKeys: 2,
  },
].map((binding) => ({ ...binding, byWidget: true, unnamed: true }) as KeyBinding);
