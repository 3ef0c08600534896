import { PRODUCT } from '../../core/product.js';
import type { AppState } from '../../app/state.js';
import type { FrameData, Hint, Toast } from '../../widgets/frame.js';
import { elapsedSince, join, style, type Text } from '../../widgets/markup.js';
import type { KeyScope } from './command.js';
import { footerHints } from './keys.js';
import type { ScreenTitle } from './screen.js';

/** Sooner it would only flicker. */
export const SHOW_RUNNING_AFTER_MS = 600;

/** Title bar, message line and key hints around a screen. Pure. */
export function frameView(scope: KeyScope, title: ScreenTitle, now: number): FrameData {
  const { state } = scope;
  return {
    breadcrumb: [PRODUCT, ...title.breadcrumb],
    middle: title.middle,
    badge: state.environment.sandbox ? style('badge', ' SANDBOX ') : undefined,
    right: title.right ?? whoAndWhere(state),
    keepsRight: title.keepsRight,
    hints: hintsOf(scope),
    toasts: toastsOf(state, now),
  };
}

/** Account and active server, in shorter forms down to nothing for narrow terminals. */
function whoAndWhere(state: AppState): readonly Text[] {
  const server = state.servers.list.find(({ active }) => active);
  const { accountEmail: email, accountName: name } = state;
  const whose = email === undefined || name === undefined ? email : `${email} (${name})`;
  const account = whose === undefined ? [] : [style('muted', whose)];
  const active = server === undefined ? [] : [style('accent', server.label)];
  return [[...account, ...active], active, []].map((parts) => join(parts, style('muted', ' · ')));
}

function hintsOf(scope: KeyScope): readonly Hint[] {
  const { dialogs, overlay } = scope.state;
  if (dialogs.length > 0)
    return [
      { keys: ['enter'], label: 'choose' },
      { keys: ['tab'], label: 'next' },
      { keys: ['escape'], label: 'close' },
    ];
  if (overlay === 'palette' || overlay === 'sort')
    return [
      { keys: ['enter'], label: overlay === 'sort' ? 'sort' : 'run' },
      { keys: ['escape'], label: 'close' },
    ];
  if (scope.typing === true)
    return [
      { keys: ['enter'], label: 'done' },
      { keys: ['escape'], label: 'clear' },
    ];
  if (overlay === undefined || overlay === 'activity-log') return footerHints(scope);
  return [
    { keys: ['up', 'down'], label: 'scroll' },
    ...(overlay === 'doctor' ? [{ keys: ['r'], label: 'check again' }] : []),
    { keys: ['escape'], label: 'close', last: true },
  ];
}

/** News above the answer to the last key; without any of them what has been running for a while. */
function toastsOf(state: AppState, now: number): readonly Toast[] | undefined {
  const news = state.toasts.filter(({ isNews }) => isNews === true);
  const answers = state.toasts.filter(({ isNews }) => isNews !== true);
  const shown = [...news, ...answers.slice(-1)].map(({ style, text }) => ({ style, text }));
  if (shown.length > 0) return shown;
  const running = state.running.find(
    ({ startedAt, quiet }) => !quiet && now - startedAt >= SHOW_RUNNING_AFTER_MS,
  );
  if (running === undefined) return undefined;
  const waiting = running.waiting === undefined ? '' : `: ${running.waiting}`;
  const elapsed = style('muted', join([' ', elapsedSince(running.startedAt)]));
  return [{ style: 'accent', text: join([running.title, waiting, elapsed]) }];
}
