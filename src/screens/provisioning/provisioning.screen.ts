import type { AppState } from '../../app/state.js';
import { findOperation, isUnderWay } from '../../app/server-rows.js';
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
import { logLines } from './log.view.js';
import type { ProvisioningControls } from './provisioning.keys.js';
import { CLOSE, NO_LOG, provisioningView, RETRY } from './provisioning.view.js';

const SIDE_BY_SIDE_COLUMNS = 100;
/** Interval of updates of the remaining time, ms. */
const ESTIMATE_MS = 1_000;
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
  let shownAt = 0;
  owned.add(
    context.terminal.onFrame(() => {
      // Update the remaining time, which shrinks without any news.
      if (ended === false && context.app.now() - shownAt >= ESTIMATE_MS) changed.fire();
    }),
  );
  let ended: boolean | undefined;
  let isFocusDue = false;
  let isJumpDue = false;
  let zoomed: Panel | undefined;
  const layOut = (): void => {
    const { steps } = findOperation(context.app.store.state, operationId) ?? {};
    arrangement.setLayout(arrange(widgets, ended ?? false, steps?.length ?? STEP_COUNT, zoomed));
  };

  return {
    body: arrangement,
    focus,
    selected: undefined,
    onChange: changed.event,
    show(state) {
      feed(state.operations.logs[operationId] ?? NO_LOG);
      const { height } = context.terminal.size;
      shownAt = context.app.now();
      const endedNow = isOver(state, operationId);
      // Show an ended operation from the failing line on.
      if (endedNow !== ended) {
        isJumpDue = endedNow;
        log.setFollow(!endedNow);
      }
      if (isJumpDue && log.state.lines > 0) {
        isJumpDue = false;
        if (!log.showFailure()) log.showEnd();
      }
      const view = provisioningView(state, operationId, {
        height,
        log: log.state,
        now: context.app.now(),
      });
      set.steps(view.steps);
      set.stepsPanel(view.stepsPanel);
      set.logPanel(view.logPanel);
      if (view.buttons !== undefined) set.buttons(view.buttons);
      if (endedNow !== ended) {
        // Opened by Enter to be read: a second Enter must not begin another one.
        const isToBeRead = ended === undefined && view.buttons?.buttons[0]?.id === RETRY.id;
        if (isToBeRead) buttons.select(CLOSE.id);
        ended = endedNow;
        layOut();
        focus.setWidgets(ended ? [buttons, logPanel, stepsPanel] : [logPanel, stepsPanel]);
        isFocusDue = true;
      } else if (ended) arrangement.refresh();
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
      toggleZoom() {
        zoomed =
          zoomed !== undefined ? undefined : focus.current === stepsPanel ? stepsPanel : logPanel;
        layOut();
        if (zoomed !== undefined && focus.current !== buttons) focus.focus(zoomed);
      },
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

function isOver(state: AppState, operationId: string): boolean {
  const operation = findOperation(state, operationId);
  return operation !== undefined && !isUnderWay(operation);
}

type Widgets = ReturnType<typeof createWidgets>;

function createWidgets({ terminal }: ScreenContext, owned: DisposableStore) {
  const steps = owned.add(new Steps(terminal, { onBorder: true }));
  const log = owned.add(new LogView(terminal, { empty: 'Nothing yet.', onBorder: true }));
  return {
    steps,
    log,
    buttons: owned.add(new Buttons(terminal)),
    stepsPanel: owned.add(new Panel(terminal, { content: steps, focus: steps, hasBar: true })),
    logPanel: owned.add(new Panel(terminal, { content: log, focus: log, hasBar: true })),
  };
}

/** `count`: steps of the provisioning. */
function arrange(
  { steps, stepsPanel, logPanel, buttons }: Widgets,
  ended: boolean,
  count: number,
  zoomed: Panel | undefined,
): Layout {
  const stepsRows = runningRows(count) + BOX_MARGIN;
  const panes = responsive(({ width, height }) => {
    if (zoomed !== undefined) return rows([zoomed, { share: 1 }]);
    if (width >= SIDE_BY_SIDE_COLUMNS)
      return columns([stepsPanel, { share: 4, min: 44, max: 64 }], [logPanel, { share: 6 }]);
    const wanted = ended ? steps.rowsAt(width - BOX_MARGIN) + BOX_MARGIN : stepsRows;
    return rows([stepsPanel, Math.min(wanted, height - SHORT_LOG_ROWS)], [logPanel, { share: 1 }]);
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
