import { findServer } from '../../app/server-rows.js';
import type { AppState } from '../../app/state.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import type { DetailRow } from '../../widgets/details.js';
import { style, type Text } from '../../widgets/markup.js';
import type { Section, SectionsData } from '../../widgets/sections.js';
import { timeOf } from '../../words/formats.js';
import type { ScreenTitle } from '../shell/screen.js';

export interface ServerView {
  readonly title: ScreenTitle;
  readonly sections: SectionsData;
}

export interface ServerPage {
  readonly serverId: string;
  /** Facts as beside the list. */
  readonly details: (server: ServerEntry, state: AppState, now: number) => readonly DetailRow[];
}

/** The page of a server. Pure. */
export function serverView(
  state: AppState,
  { serverId, details }: ServerPage,
  now: number,
): ServerView {
  const server = findServer(state, serverId);
  if (server === undefined) return { title: { breadcrumb: [] }, sections: { sections: [] } };
  const facts: Section = {
    title: style('strong', server.label),
    right: server.active ? style('badge', 'ACTIVE') : undefined,
    content: { kind: 'rows', rows: details(server, state, now) },
  };
  const events: Section = {
    title: 'Events',
    content: { kind: 'lines', lines: eventLines(server.label, state) },
  };
  return { title: { breadcrumb: [server.label] }, sections: { sections: [facts, events] } };
}

/** Newest first. */
function eventLines(label: string, { activity }: AppState): readonly Text[] {
  const about = activity.filter(({ text }) => text.includes(label));
  if (about.length === 0) return [style('muted', 'Nothing yet.')];
  return about.toReversed().map(({ at, text }) => `${timeOf(at)}  ${text}`);
}
