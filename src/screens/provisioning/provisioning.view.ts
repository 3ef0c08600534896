import { estimate, type Estimate } from '../../app/remaining-time.js';
import { findOperation, isUnderWay } from '../../app/server-rows.js';
import { stepTitle } from '../../app/service-words.js';
import type { AppState, OperationLog } from '../../app/state.js';
import { count, timeLeft } from '../../words/formats.js';
import { substepProgress } from '../../words/operations.js';
import { upkeepCrumb } from '../../words/upkeep.js';
import type { Operation, OperationStep } from '../../services/provisioning/operations.js';
import type { ButtonsData } from '../../widgets/buttons.js';
import { elapsedSince, formatElapsed, join, style, type Text } from '../../widgets/markup.js';
import type { LogState } from '../../widgets/log-view.js';
import type { PanelData } from '../../widgets/panel.js';
import type { Step, StepsData, StepState } from '../../widgets/steps.js';
import type { ScreenTitle } from '../shell/screen.js';
import { logNote } from './log.view.js';
import { errorLines, outcomeLines } from './outcome.view.js';

export interface ProvisioningUi {
  /** Rows of the whole screen. */
  readonly height: number;
  readonly log: LogState;
  readonly now: number;
}

export interface ProvisioningView {
  readonly title: ScreenTitle;
  readonly steps: StepsData;
  readonly stepsPanel: PanelData;
  readonly logPanel: PanelData;
  /** Undefined while it is under way: no action is offered then. */
  readonly buttons: ButtonsData | undefined;
}

/** Below this many rows the steps before and after the failed one are counted only: the reason counts. */
const ROOMY_ROWS = 30;

/** View of a provisioning: steps, outcome and buttons. Pure. */
export function provisioningView(
  state: AppState,
  operationId: string,
  ui: ProvisioningUi,
): ProvisioningView {
  const operation = findOperation(state, operationId);
  if (operation === undefined) return MISSING;
  const isOver = !isUnderWay(operation);
  const { sandbox } = state.environment;
  const left = estimate(operation, state.operations.usual, { sandbox, now: ui.now });
  const isStopped = !['running', 'succeeded'].includes(operation.status);
  const isShort = isStopped && ui.height < ROOMY_ROWS;
  const steps = operation.steps.map((step) => toStep(step, operation, state));
  return {
    title: titleOf(operation, left),
    steps: {
      steps: isShort
        ? shortened(steps, operation)
        : steps.map((step) => unreached(step, operation)),
      outcome: outcomeLines(operation, state, isShort),
      progress: progressOf(operation, left),
      // Something that is left and may cost money counts more than why it failed.
      failureFirst: operation.status === 'failed',
    },
    stepsPanel: { title: 'Steps', right: stepsNote(operation) },
    logPanel: { title: 'Log', right: logNote(ui.log, isOver) },
    buttons: buttonsOf(operation),
  };
}

/** Marks a step that nothing will come to. */
function unreached(step: Step, { status }: Operation): Step {
  const isEnding = ['cleaning-up', 'failed', 'failed-with-leftovers'].includes(status);
  return isEnding && step.state === 'pending' ? { ...step, state: 'skipped' } : step;
}

/** One line for all steps that are done, one for those that were not reached. */
function shortened(steps: readonly Step[], { status }: Operation): readonly Step[] {
  const done = steps.filter(({ state }) => state === 'done');
  const left = steps.filter(({ state, detail }) => state === 'pending' && detail === undefined);
  const between = steps.filter((step) => !done.includes(step) && !left.includes(step));
  const elapsedMs = done.reduce((sum, step) => sum + (step.elapsedMs ?? 0), 0);
  const rest = status === 'interrupted' || status === 'out-of-sight' ? 'to do' : 'not run';
  return [
    ...(done.length === 0
      ? []
      : [counted({ id: 'done', state: 'done', elapsedMs }, done.length, 'done')]),
    ...between,
    ...(left.length === 0 ? [] : [counted({ id: 'left', state: 'skipped' }, left.length, rest)]),
  ];
}

function counted(step: Omit<Step, 'title'>, steps: number, what: string): Step {
  return { ...step, title: `${count(steps, 'step')} ${what}` };
}

const MISSING: ProvisioningView = {
  title: { breadcrumb: ['Provisioning'] },
  steps: { steps: [], outcome: ['This provisioning no longer exists. Press Esc to go back.'] },
  stepsPanel: { title: 'Steps' },
  logPanel: { title: 'Log' },
  buttons: undefined,
};

function titleOf(operation: Operation, { leftMs }: Estimate): ScreenTitle {
  const { request } = operation;
  const crumb = request.kind === undefined ? 'Provisioning' : upkeepCrumb(request);
  const breadcrumb = [request.label, crumb];
  const { startedAt, endedAt } = operation;
  if (endedAt !== undefined) {
    const lead =
      operation.status === 'succeeded'
        ? 'took'
        : operation.cancelled
          ? 'cancelled after'
          : 'failed after';
    return { breadcrumb, right: style('muted', `${lead} ${formatElapsed(endedAt - startedAt)}`) };
  }
  if (operation.status === 'interrupted' || operation.status === 'out-of-sight')
    return { breadcrumb };
  const elapsed = join([elapsedSince(startedAt), style('muted', ' elapsed')]);
  if (operation.status !== 'running' || request.kind !== undefined)
    return { breadcrumb, right: elapsed };
  const whole = join([elapsed, style('muted', ` · ${timeLeft(leftMs)}`)]);
  return { breadcrumb, right: [whole, elapsed], keepsRight: true };
}

function toStep(step: OperationStep, operation: Operation, { environment }: AppState): Step {
  const { startedAt, endedAt } = step;
  const isRunning = step.status === 'running' && operation.status === 'running';
  return {
    id: step.id,
    title: stepTitle(step.id),
    state: stateOf(step, operation),
    elapsedMs: startedAt !== undefined && endedAt !== undefined ? endedAt - startedAt : undefined,
    since: isRunning ? startedAt : undefined,
    detail: detailOf(step, operation),
    error:
      step.status === 'failed' && !wasCancelled(operation)
        ? errorLines(operation, environment)
        : undefined,
  };
}

/** Shows a step without a worker as not running, whatever the journal said last. */
function stateOf({ status }: OperationStep, operation: Operation): StepState {
  if (status === 'failed') return wasCancelled(operation) ? 'skipped' : 'failed';
  if (status !== 'running' || operation.status === 'running') return status;
  const isUnfinished = operation.status === 'interrupted' || operation.status === 'out-of-sight';
  return isUnfinished ? 'pending' : 'skipped';
}

function detailOf({ id, status }: OperationStep, operation: Operation): Text | undefined {
  const { status: whole, waiting, substeps } = operation;
  if (status === 'failed' && wasCancelled(operation)) return style('warn', 'cancelled here');
  if (status !== 'running') return undefined;
  if (whole === 'interrupted') return style('warn', 'stopped here');
  if (whole === 'out-of-sight') return style('warn', 'was last seen here');
  if (whole !== 'running') return undefined;
  if (waiting !== undefined) return style('warn', waiting.text);
  return id === 'install_portlama' ? substepProgress(substeps) : undefined;
}

/** Stopped because the person wanted it: nothing failed. */
function wasCancelled({ error }: Operation): boolean {
  return error?.code === 'cancelled';
}

function progressOf(operation: Operation, { share }: Estimate): StepsData['progress'] {
  if (operation.status !== 'running') return undefined;
  const done = operation.steps.filter(({ status }) => status === 'done').length;
  return { done, total: operation.steps.length, share };
}

function stepsNote(operation: Operation): Text | undefined {
  const at = operation.steps.findIndex(({ status }) => status === 'failed');
  const place = at < 0 ? '' : `${at + 1} of ${operation.steps.length} · `;
  const notes: Readonly<Record<Operation['status'], Text | undefined>> = {
    running: undefined,
    'cleaning-up': style('warn', 'cleaning up'),
    interrupted: style('warn', 'interrupted'),
    'out-of-sight': style('warn', 'cannot tell from here'),
    failed: style('danger', `${place}${operation.cancelled ? 'cancelled' : 'failed'}`),
    'failed-with-leftovers': style('danger', `${place}resources remain`),
    succeeded: style('ok', 'done'),
  };
  return notes[operation.status];
}

function buttonsOf({ status, leftovers, request }: Operation): ButtonsData | undefined {
  if (request.kind !== undefined) return upkeepButtons(status);
  switch (status) {
    case 'running':
    case 'cleaning-up':
      return undefined;
    case 'succeeded':
      return {
        buttons: [
          { id: 'provisioning.dismiss', label: 'Done' },
          { id: 'provisioning.panel', label: 'Open panel' },
          { id: 'provisioning.set-up', label: 'Set up a domain' },
          ...(leftovers.length > 0 ? [CLEAN_UP] : []),
        ],
      };
    case 'interrupted':
      return {
        buttons: [
          { id: 'provisioning.resume', label: 'Resume' },
          { id: 'provisioning.clean-up', label: 'Clean up', danger: true },
          CLOSE,
        ],
      };
    case 'out-of-sight':
      return { buttons: [CLOSE] };
    case 'failed':
    case 'failed-with-leftovers':
      return {
        buttons: [
          // Begin with the clean-up: leftovers cost money.
          ...(status === 'failed' ? [RETRY] : [CLEAN_UP, RETRY]),
          { id: 'provisioning.copy', label: 'Copy report' },
          { id: 'provisioning.save-log', label: 'Save log' },
          CLOSE,
          ...(status === 'failed' ? [FORGET] : []),
        ],
      };
  }
}
function upkeepButtons(status: Operation['status']): ButtonsData | undefined {
  switch (status) {
    case 'running':
    case 'cleaning-up':
      return undefined;
    case 'succeeded':
      return { buttons: [{ id: 'provisioning.dismiss', label: 'Done' }] };
    case 'interrupted':
      return {
        buttons: [{ id: 'provisioning.resume', label: 'Resume' }, CLOSE, FORGET],
      };
    case 'out-of-sight':
      return { buttons: [CLOSE] };
    case 'failed':
    case 'failed-with-leftovers':
      return { buttons: [FORGET, { id: 'provisioning.save-log', label: 'Save log' }, CLOSE] };
  }
}

/** The names of the keys that do the same: q, X and c. */
export const RETRY = { id: 'provisioning.retry', label: 'Retry' };
export const CLOSE = { id: 'leave', label: 'Close' };
const FORGET = { id: 'provisioning.dismiss', label: 'Dismiss' };
const CLEAN_UP = { id: 'provisioning.clean-up', label: 'Clean up again', danger: true };

/** Log of a provisioning that is not followed: nothing. */
export const NO_LOG: OperationLog = { entries: [], total: 0 };
