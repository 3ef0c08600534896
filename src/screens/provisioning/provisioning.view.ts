import { findOperation, isUnderWay } from '../../app/server-rows.js';
import { stepTitle } from '../../app/service-words.js';
import type { AppState, OperationLog } from '../../app/state.js';
import { substepProgress } from '../../words/operations.js';
import type { Operation, OperationStep } from '../../services/provisioning/operations.js';
import type { ButtonsData } from '../../widgets/buttons.js';
import { elapsedSince, formatElapsed, join, style, type Text } from '../../widgets/markup.js';
import type { PanelData } from '../../widgets/panel.js';
import type { Step, StepsData, StepState } from '../../widgets/steps.js';
import type { ScreenTitle } from '../shell/screen.js';
import { errorLines, outcomeLines } from './outcome.view.js';

export interface ProvisioningUi {
  /** Rows of the whole screen. */
  readonly height: number;
  /** State of the log: `follow`, `3 matches`. */
  readonly logNote: Text;
}

export interface ProvisioningView {
  readonly title: ScreenTitle;
  readonly steps: StepsData;
  readonly stepsPanel: PanelData;
  readonly logPanel: PanelData;
  /** Undefined while it is under way: no action is offered then. */
  readonly buttons: ButtonsData | undefined;
}

/** Below this many rows the steps that were never reached are left out once it ended. */
const ROOMY_ROWS = 30;
/** Below this many rows the completed steps are left out too: the reason of the failure counts. */
const TIGHT_ROWS = 22;

/** View of a provisioning: steps, outcome and buttons. Pure. */
export function provisioningView(
  state: AppState,
  operationId: string,
  ui: ProvisioningUi,
): ProvisioningView {
  const operation = findOperation(state, operationId);
  if (operation === undefined) return missing(ui);
  const shown = isUnderWay(operation)
    ? operation.steps
    : operation.steps.filter(({ status }) => hasRoom(status, ui.height));
  return {
    title: titleOf(operation, state),
    steps: {
      steps: shown.map((step) => toStep(step, operation, state)),
      outcome: outcomeLines(operation, state),
      progress: progressOf(operation),
      // Something that is left and may cost money counts more than why it failed.
      failureFirst: operation.status === 'failed',
    },
    stepsPanel: { title: 'Steps', right: stepsNote(operation) },
    logPanel: { title: 'Log', right: ui.logNote },
    buttons: buttonsOf(operation),
  };
}

function hasRoom(status: OperationStep['status'], height: number): boolean {
  if (status === 'pending') return height >= ROOMY_ROWS;
  return status !== 'done' || height >= TIGHT_ROWS;
}

function missing(ui: ProvisioningUi): ProvisioningView {
  return {
    title: { breadcrumb: ['Provisioning'] },
    steps: { steps: [], outcome: ['This provisioning no longer exists. Press Esc to go back.'] },
    stepsPanel: { title: 'Steps' },
    logPanel: { title: 'Log', right: ui.logNote },
    buttons: undefined,
  };
}

function titleOf(operation: Operation, { environment }: AppState): ScreenTitle {
  const breadcrumb = [operation.request.label, 'Provisioning'];
  const { startedAt, endedAt } = operation;
  if (endedAt !== undefined)
    return { breadcrumb, right: style('muted', `took ${formatElapsed(endedAt - startedAt)}`) };
  if (operation.status === 'interrupted' || operation.status === 'out-of-sight')
    return { breadcrumb };
  const elapsed = join([elapsedSince(startedAt), style('muted', ' elapsed')]);
  if (operation.status !== 'running') return { breadcrumb, right: elapsed };
  const usually = environment.sandbox ? 'about half a minute' : '3-5 min';
  const whole = join([elapsed, style('muted', ` · usually ${usually}`)]);
  return { breadcrumb, right: [whole, elapsed] };
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

function progressOf(operation: Operation): StepsData['progress'] {
  if (operation.status !== 'running') return undefined;
  const done = operation.steps.filter(({ status }) => status === 'done').length;
  return { done, total: operation.steps.length };
}

function stepsNote(operation: Operation): Text | undefined {
  const notes: Readonly<Record<Operation['status'], Text | undefined>> = {
    running: undefined,
    'cleaning-up': style('warn', 'cleaning up'),
    interrupted: style('warn', 'interrupted'),
    'out-of-sight': style('warn', 'cannot tell from here'),
    failed: style('danger', operation.cancelled ? 'cancelled' : 'failed'),
    'failed-with-leftovers': style('danger', 'resources remain'),
    succeeded: style('ok', 'done'),
  };
  return notes[operation.status];
}

function buttonsOf({ status, leftovers }: Operation): ButtonsData | undefined {
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
          { id: 'provisioning.save-log', label: 'Save log' },
          CLOSE,
          ...(status === 'failed' ? [FORGET] : []),
        ],
      };
  }
}
/** The names of the keys that do the same: q, X and c. */
export const RETRY = { id: 'provisioning.retry', label: 'Retry' };
export const CLOSE = { id: 'leave', label: 'Close' };
const FORGET = { id: 'provisioning.dismiss', label: 'Dismiss' };
const CLEAN_UP = { id: 'provisioning.clean-up', label: 'Clean up again', danger: true };

/** Log of a provisioning that is not followed: nothing. */
export const NO_LOG: OperationLog = { entries: [], total: 0 };
