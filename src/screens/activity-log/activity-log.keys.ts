import type { Command } from '../shell/command.js';

/** The activity log, which lies above a screen: its widget answers all of these itself. */
export const ACTIVITY_LOG: readonly Command[] = [
  {
    id: 'back',
    keys: ['escape', 'q'],
    context: 'activity-log',
    label: 'close',
    description: 'End the search; close the activity log',
    priority: 10,
    last: true,
  },
  {
    id: 'move',
    keys: ['up', 'down', 'j', 'k', 'g', 'G', 'pageup', 'pagedown', 'home', 'end'],
    context: 'activity-log',
    label: 'scroll',
    description: 'Scroll through the messages',
    priority: 20,
    footerKeys: 2,
  },
  {
    id: 'activity-log.wrap',
    keys: ['w'],
    context: 'activity-log',
    label: 'wrap',
    description: 'Toggle wrapping; unwrapped, Left and Right scroll',
    priority: 30,
  },
  {
    id: 'activity-log.search',
    keys: ['/'],
    context: 'activity-log',
    label: 'search',
    description: 'Search the messages',
    priority: 40,
  },
  {
    id: 'activity-log.follow',
    keys: ['f'],
    context: 'activity-log',
    label: 'follow',
    description: 'Toggle following the newest message',
    priority: 50,
  },
  {
    id: 'activity-log.next-match',
    keys: ['n', 'N'],
    context: 'activity-log',
    label: 'next match',
    description: 'Next or previous match in the messages',
    priority: 60,
    footerKeys: 2,
  },
];
