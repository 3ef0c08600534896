import { keyHints } from '../../app/keys/lookup.js';
import type { KeyScope } from '../../app/keys/scope.js';
import type { AppState } from '../../app/state.js';
import type { FrameData, Hint, Toast } from '../../widgets/frame.js';
import { elapsedSince, join, style, type Text } from '../../widgets/markup.js';
import type { ScreenTitle } from './screen.js';

/** Sooner it would only flicker. */
export const SHOW_RUNNING_AFTER_MS = 600;

/** Title bar, message line and key hints around a screen. Pure. */
export function frameView(scope: KeyScope, title: ScreenTitle, now: number): FrameData {
  const { state } = scope;
  return {
    breadcrumb: ['portlama', ...title.breadcrumb],
    middle: title.middle,
    right: title.right ?? whoAndWhere(state),
    hints: hintsOf(scope),
    toast: toastOf(state, now),
  };
}

/** Account and active server. */
function whoAndWhere(state: AppState): Text {
  const active = state.servers.list.find((server) => server.active);
  const parts: Text[] = [];
  if (state.environment.sandbox) parts.push(style('badge', ' SANDBOX '));
  if (state.accountEmail !== undefined) parts.push(style('muted', state.accountEmail));
  if (active !== undefined) parts.push(style('accent', active.label));
  return join(parts, style('muted', ' · '));
}

function hintsOf(scope: KeyScope): readonly Hint[] {
  const { dialogs, overlay } = scope.state;
  if (dialogs.length > 0)
    return [
      { key: 'enter', label: 'choose' },
      { key: 'tab', label: 'next' },
      { key: 'escape', label: 'close' },
    ];
  if (overlay === 'palette')
    return [
      { key: 'enter', label: 'do it' },
      { key: 'escape', label: 'close' },
    ];
  if (overlay !== undefined) return [{ key: 'escape', label: 'close' }];
  return keyHints(scope).map(({ key, label, disabled }) => ({ key, label, disabled }));
}

/** The last message, else what has been running for a while. */
function toastOf(state: AppState, now: number): Toast | undefined {
  const last = state.toasts.at(-1);
  if (last !== undefined) return { style: last.style, text: last.text };
  const running = state.running.find(({ startedAt }) => now - startedAt >= SHOW_RUNNING_AFTER_MS);
  if (running === undefined) return undefined;
  const waiting = running.waiting === undefined ? '' : `: ${running.waiting}`;
  const elapsed = style('muted', join([' ', elapsedSince(running.startedAt)]));
  return {
    style: 'accent',
    text: join([running.title, waiting, elapsed]),
  };
}
