import { isDeepStrictEqual } from 'node:util';
import type { Dialog } from '../dialogs.js';
import type { InterfaceEvent } from '../events.js';
import {
  type Activity,
  type AppState,
  KEPT_ACTIVITIES,
  type Route,
  type RunningAction,
  type Toast,
  KEPT_USES,
  type ServerPage,
  type TeamState,
} from '../state.js';

/** Reduces routes, overlays, dialogs, messages and running actions. */
export function reduceInterface(state: AppState, event: InterfaceEvent): AppState {
  switch (event.type) {
    case 'page-read': {
      const { type: _type, ...read } = event;
      const { page } = state;
      // Ignore a page that was left meanwhile.
      const isOpen = state.routes.some(
        (route) => route.screen === 'server' && route.serverId === read.serverId,
      );
      if (!isOpen) return state;
      const known = page?.serverId === read.serverId ? page : EMPTY_PAGE;
      const machineUse = withUse(state.machineUse, read);
      return { ...state, machineUse, page: { ...known, ...read } };
    }
    case 'team-read': {
      const { type: _type, ...read } = event;
      const { team } = state;
      if (!state.routes.some(isTeamOf(read.serverId))) return state;
      const known = team?.serverId === read.serverId ? team : { tab: 'tunnels' as const };
      return { ...state, team: { ...known, ...read }, publicEnds: withPublicEnd(state, read) };
    }
    case 'route-opened':
      return { ...state, routes: [...state.routes, event.route], overlay: undefined };
    case 'route-closed':
      return state.routes.length === 1 ? state : left(state, state.routes.slice(0, -1));
    case 'route-replaced':
      return left(state, [
        ...state.routes.slice(0, Math.max(1, state.routes.length - 1)),
        event.route,
      ]);
    case 'overlay-opened':
      return { ...state, overlay: event.overlay };
    case 'overlay-closed':
      return { ...state, overlay: undefined };
    case 'dialog-opened':
      return withDialog(state, event.dialog, event.at);
    case 'dialog-closed':
      return { ...state, dialogs: state.dialogs.filter(({ id }) => id !== event.id) };
    case 'passphrase-judged': {
      const { id, busy, problem } = event;
      const dialogs = state.dialogs.map((dialog) =>
        dialog.id === id && dialog.kind === 'passphrase' ? { ...dialog, busy, problem } : dialog,
      );
      return { ...state, dialogs };
    }
    case 'entry-refused': {
      const { id, problem } = event;
      const dialogs = state.dialogs.map((dialog) =>
        dialog.id === id && dialog.kind === 'entry' ? { ...dialog, problem } : dialog,
      );
      return { ...state, dialogs };
    }
    case 'toast-shown':
      return withToast(state, event.toast, event.at);
    case 'activity-noted':
      return withActivity(state, event.activity);
    case 'toast-expired':
      return { ...state, toasts: state.toasts.filter(({ id }) => id !== event.id) };
    case 'action-started':
      return { ...state, running: [...state.running, event.action] };
    case 'action-waiting':
      return withAction(state, event.id, { waiting: event.waiting });
    case 'action-held':
      return withAction(state, event.id, { keepsOpen: event.keepsOpen });
    case 'action-ended':
      return { ...state, running: state.running.filter(({ id }) => id !== event.id) };
    case 'interrupted':
      return { ...state, interruptedAt: event.at };
    case 'exit':
      return { ...state, exit: state.exit ?? event.reason };
  }
}

function isTeamOf(serverId: string): (route: Route) => boolean {
  return (route) => route.screen === 'team' && route.serverId === serverId;
}

const EMPTY_PAGE = {
  machine: undefined,
  droplet: undefined,
  madeInMs: undefined,
};

/** Adds the use of a machine that was just read. */
function withUse(
  known: AppState['machineUse'],
  { serverId, machine }: Pick<ServerPage, 'serverId'> & Partial<ServerPage>,
): AppState['machineUse'] {
  if (machine?.inside === undefined) return known;
  const { cpu, memory, disk } = machine.inside.stats;
  const share = (part: typeof memory): number | undefined =>
    part === undefined || part.total <= 0 ? undefined : (part.used / part.total) * 100;
  const use = { cpu: cpu?.usage, memory: share(memory), disk: share(disk) };
  const kept = [...(known.get(serverId) ?? []), use].slice(-KEPT_USES);
  return new Map(known).set(serverId, kept);
}

/** Forgets the state of screens that are no longer open. */
function left(state: AppState, routes: readonly Route[]): AppState {
  const isOpen = (screen: Route['screen']): boolean =>
    routes.some((route) => route.screen === screen);
  return {
    ...state,
    routes,
    overlay: undefined,
    page: isOpen('server') ? state.page : undefined,
    team: isOpen('team') ? state.team : undefined,
    wizard: isOpen('create-server') ? state.wizard : undefined,
    addServer: isOpen('add-server') ? state.addServer : undefined,
  };
}

/**
 * Opens a dialog unless an equal one is open or waits. An error stays readable in the activity log after it was closed.
 */
function withDialog(state: AppState, dialog: Dialog, at: number): AppState {
  const isOpen = state.dialogs.some((other) =>
    isDeepStrictEqual({ ...other, id: dialog.id }, dialog),
  );
  const dialogs = isOpen ? state.dialogs : [...state.dialogs, dialog];
  const opened = { ...state, dialogs };
  if (dialog.kind !== 'error') return opened;
  const { message, hint } = dialog.error;
  const text = [`${dialog.title}: ${message}`, hint].filter((part) => part !== undefined).join(' ');
  return withActivity(opened, { at, style: 'danger', text });
}

/** Remembers the first end of a public certificate after the screen that asked for it: the list says it as well. */
function withPublicEnd(
  { publicEnds }: AppState,
  { serverId, certificates }: Partial<TeamState>,
): AppState['publicEnds'] {
  if (serverId === undefined || certificates === undefined) return publicEnds;
  const known = new Map(publicEnds);
  const ends = certificates
    .filter(({ domain }) => domain != null)
    .map(({ expiresAt }) => Date.parse(expiresAt))
    .filter((at) => !Number.isNaN(at));
  if (ends.length === 0) known.delete(serverId);
  else known.set(serverId, Math.min(...ends));
  return known;
}

function withAction(state: AppState, id: number, change: Partial<RunningAction>): AppState {
  const running = state.running.map((action) =>
    action.id === id ? { ...action, ...change } : action,
  );
  return { ...state, running };
}

function withActivity(state: AppState, activity: Activity): AppState {
  return { ...state, activity: [...state.activity, activity].slice(-KEPT_ACTIVITIES) };
}

function withToast(state: AppState, toast: Toast, at: number): AppState {
  const { style, text, isHealth } = toast;
  const activity = { at, style, text, isHealth };
  return withActivity({ ...state, toasts: [...state.toasts, toast] }, activity);
}
