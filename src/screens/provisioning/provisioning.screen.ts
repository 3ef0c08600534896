import type { AppState } from '../../app/state.js';
import { findOperation } from '../../app/server-rows.js';
import { STEP_COUNT } from '../../app/service-words.js';
import { Emitter } from '../../core/event.js';
import { DisposableStore } from '../../core/lifecycle.js';
import { Buttons } from '../../widgets/buttons.js';
import { FocusRing } from '../../widgets/widget.js';
import {
  Arrangement,
  columns,
  empty,
  type Layout,
  responsive,
  rows,
} from '../../widgets/layout.js';
import { type LogLine, LogView } from '../../widgets/log-view.js';
import { BOX_MARGIN, Panel } from '../../widgets/panel.js';
import { runningRows, Steps } from '../../widgets/steps.js';
import { bind, type Screen, type ScreenContext } from '../shell/screen.js';
import { logLines, logNote } from './log.view.js';
import type { ProvisioningControls } from './provisioning.keys.js';
import { CLOSE, NO_LOG, provisioningView, RETRY } from './provisioning.view.js';

const SIDE_BY_SIDE_COLUMNS = 100;
/** Rows left to the log once the steps above it need more. */
const SHORT_LOG_ROWS = 4;

/** Steps and log of one provisioning, live while it runs. */
export function createProvisioningScreen(
  context: ScreenContext,
  operationId: string,
): Screen<ProvisioningControls> {
  const owned = new DisposableStore();
  const changed = owned.add(new Emitter<void>());
  const widgets = createWidgets(context, owned);
  const { log, buttons, stepsPanel, logPanel } = widgets;
  const set = {
    steps: bind(widgets.steps),
    stepsPanel: bind(stepsPanel),
    logPanel: bind(logPanel),
    buttons: bind(buttons),
  };
  const arrangement = new Arrangement();
  const focus = new FocusRing([logPanel, stepsPanel]);
  const feed = createFeed(log);
  owned.add(log.onState(() => changed.fire()));
  owned.add(buttons.onPress((id) => context.perform(id)));
  let ended: boolean | undefined;
  let isFocusDue = false;

  return {
    body: arrangement,
    focus,
    selected: undefined,
    onChange: changed.event,
    show(state) {
      feed(state.operations.logs[operationId] ?? NO_LOG);
      const { height } = context.terminal.size;
      const ui = { height, logNote: logNote(log.state) };
      const view = provisioningView(state, operationId, ui);
      set.steps(view.steps);
      set.stepsPanel(view.stepsPanel);
      set.logPanel(view.logPanel);
      if (view.buttons !== undefined) set.buttons(view.buttons);
      const endedNow = view.buttons !== undefined;
      if (endedNow !== ended) {
        // Opened by Enter to be read: a second Enter must not begin another one.
        const isToBeRead = ended === undefined && view.buttons?.buttons[0]?.id === RETRY.id;
        if (isToBeRead) buttons.select(CLOSE.id);
        ended = endedNow;
        const count = findOperation(state, operationId)?.steps.length ?? STEP_COUNT;
        arrangement.setLayout(arrange(widgets, ended, count));
        focus.setWidgets(ended ? [buttons, logPanel, stepsPanel] : [logPanel, stepsPanel]);
        isFocusDue = true;
      }
      // Keep the focus during a search: its remaining letters would act as keys, and Enter as a button.
      if (isFocusDue && !log.typing) {
        isFocusDue = false;
        focus.focus(endedNow ? buttons : logPanel);
      }
      return view.title;
    },
    controls: {
      toggleFollow: () => log.setFollow(!log.state.follow),
      toggleWrap: () => log.setWrap(!log.state.wrap),
      search() {
        // Focus the log, wherever the focus was: the text typed next is the search.
        focus.focus(logPanel);
        log.startSearch();
      },
    },
    dispose() {
      arrangement.place(undefined);
      owned.dispose();
    },
  };
}

type Widgets = ReturnType<typeof createWidgets>;

function createWidgets({ terminal }: ScreenContext, owned: DisposableStore) {
  const steps = owned.add(new Steps(terminal));
  const log = owned.add(new LogView(terminal, { empty: 'Nothing yet.' }));
  return {
    steps,
    log,
    buttons: owned.add(new Buttons(terminal)),
    stepsPanel: owned.add(new Panel(terminal, { content: steps, focus: steps })),
    logPanel: owned.add(new Panel(terminal, { content: log, focus: log })),
  };
}

/** `count`: steps of the provisioning. */
function arrange(
  { stepsPanel, logPanel, buttons }: Widgets,
  ended: boolean,
  count: number,
): Layout {
  const stepsRows = runningRows(count) + BOX_MARGIN;
  const panes = responsive(({ width, height }) => {
    if (width >= SIDE_BY_SIDE_COLUMNS)
      return columns([stepsPanel, { share: 4, min: 44, max: 64 }], [logPanel, { share: 6 }]);
    return ended
      ? rows([stepsPanel, { share: 1 }], [logPanel, SHORT_LOG_ROWS])
      : rows([stepsPanel, Math.min(stepsRows, height - SHORT_LOG_ROWS)], [logPanel, { share: 1 }]);
  });
  // Messages cover the last row: no button may be there.
  return ended ? rows([panes, { share: 1 }], [buttons, 1], [empty, 1]) : panes;
}

/** Hands over to the log only what is new. */
function createFeed(log: LogView): (source: AppState['operations']['logs'][string]) => void {
  let fed = 0;
  return ({ entries, total }) => {
    if (total < fed) {
      log.clear();
      fed = 0;
    }
    if (total === fed) return;
    const added: readonly LogLine[] = logLines(entries.slice(-(total - fed)));
    fed = total;
    log.append(added);
  };
}
