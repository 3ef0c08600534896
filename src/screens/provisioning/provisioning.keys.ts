import { keyOf } from '../../words/keys.js';
import { leave } from '../../app/actions/navigation.js';
import { copyPanelUrl, openPanel } from '../../app/actions/panel.js';
import {
  cancel,
  cleanUp,
  copyReport,
  dismiss,
  resume,
  retry,
  saveLog,
} from '../../app/actions/provisioning.js';
import { openSetUp } from '../../app/actions/set-up.js';
import { findOperation, isUnderWay } from '../../app/server-rows.js';
import { currentRoute } from '../../app/state.js';
import type { Operation, OperationStatus } from '../../services/provisioning/operations.js';
import type { Call, Command, KeyScope } from '../shell/command.js';

/** Controls of the log, independent of the focus. */
export interface ProvisioningControls {
  toggleFollow(): void;
  toggleWrap(): void;
  /** Gives the whole screen to the log or the steps, whichever has the focus; back again. */
  toggleZoom(): void;
  search(): void;
}

/** A provisioning: what it offers depends on how far it is. */
export const PROVISIONING: readonly Command<ProvisioningControls>[] = [
  {
    id: 'provisioning.background',
    keys: ['b'],
    context: 'provisioning',
    label: 'background',
    description: 'Leave it running and return to the servers',
    priority: 10,
    hidden: unless('running', 'cleaning-up'),
    run: ({ work }) => leave(work),
  },
  {
    id: 'provisioning.dismiss',
    keys: ['enter'],
    context: 'provisioning',
    label: 'done',
    description: 'Return to the servers',
    priority: 10,
    hidden: unless('succeeded'),
    run: ofShown((work, id) => dismiss(work, id)),
  },
  {
    id: 'provisioning.panel',
    keys: ['p'],
    context: 'provisioning',
    label: 'panel',
    description: 'Open the admin panel',
    priority: 12,
    hidden: unlessMade('succeeded'),
    run: ofMade((work, id) => openPanel(work, id)),
  },
  {
    id: 'provisioning.set-up',
    keys: ['o'],
    context: 'provisioning',
    label: 'set up a domain',
    description: 'Set up the panel’s domain: DNS, certificates, login',
    priority: 11,
    hidden: unlessMade('succeeded'),
    run: ofMade((work, id) => openSetUp(work, id)),
  },
  {
    id: 'provisioning.retry',
    keys: ['r'],
    context: 'provisioning',
    label: 'retry',
    description: 'Start over with the same label and region',
    priority: 10,
    hidden: unlessMade('failed', 'failed-with-leftovers'),
    run: ofShown((work, id) => retry(work, id)),
  },
  {
    id: 'provisioning.resume',
    keys: ['u'],
    context: 'provisioning',
    label: 'resume',
    description: 'Resume at the first unfinished step',
    priority: 10,
    hidden: unless('interrupted'),
    disabled: (scope) =>
      shown(scope)?.cleanUpBegun
        ? `The clean-up had started: press ${keyOf('provisioning.clean-up')} to finish it.`
        : undefined,
    run: ofShown((work, id) => resume(work, id)),
  },
  {
    id: 'provisioning.clean-up',
    keys: ['c'],
    context: 'provisioning',
    label: 'clean up',
    description: 'Remove everything it created',
    priority: 11,
    hidden: (scope) =>
      unlessMade('interrupted', 'failed-with-leftovers')(scope) && !hasLeftovers(shown(scope)),
    run: ofShown((work, id) => cleanUp(work, id)),
  },
  {
    id: 'provisioning.cancel',
    keys: ['x'],
    context: 'provisioning',
    label: (scope) => (isMaking(scope) ? 'cancel and clean up' : 'stop'),
    description: 'Cancel and remove everything it created (asks first)',
    priority: 20,
    hidden: unless('running', 'cleaning-up'),
    disabled: (scope) =>
      shown(scope)?.status === 'cleaning-up' ? 'Already cleaning up.' : undefined,
    run: ofShown((work, id) => cancel(work, id)),
  },
  {
    id: 'provisioning.dismiss',
    keys: ['X'],
    context: 'provisioning',
    label: 'dismiss',
    description: 'Dismiss the failed provisioning; no resources remain',
    priority: 21,
    hidden: (scope) => unless('failed')(scope) && !isStoppedWork(scope),
    run: ofShown((work, id) => dismiss(work, id)),
  },
  {
    id: 'provisioning.copy',
    synonyms: ['issue', 'bug', 'report', 'excerpt'],
    keys: ['y'],
    context: 'provisioning',
    label: (scope) => (hasFailed(scope) ? 'copy report' : 'copy url'),
    description: 'Copy the panel’s address; of a failure, an excerpt for an issue',
    priority: 13,
    hidden: unlessMade('succeeded', 'failed', 'failed-with-leftovers', 'interrupted'),
    run: (call) =>
      ofShown((work, id) =>
        hasFailed(call) ? copyReport(work, id) : ofMade(copyPanelUrl)?.(call),
      )?.(call),
  },
  {
    id: 'provisioning.follow',
    keys: ['f'],
    context: 'provisioning',
    label: 'follow',
    description: 'Toggle following the log',
    priority: 30,
    hidden: (scope) => !isUnderWay(shown(scope) ?? { status: 'running' }),
    run: ({ screen }) => screen.toggleFollow(),
  },
  {
    id: 'provisioning.zoom',
    synonyms: ['full', 'larger', 'maximize'],
    keys: ['z'],
    context: 'provisioning',
    label: 'zoom',
    description: 'Zoom the pane in focus; again: back',
    priority: 35,
    run: ({ screen }) => screen.toggleZoom(),
  },
  {
    id: 'provisioning.wrap',
    keys: ['w'],
    context: 'provisioning',
    label: 'wrap',
    description: 'Toggle wrapping of long lines',
    priority: 40,
    run: ({ screen }) => screen.toggleWrap(),
  },
  {
    id: 'provisioning.search',
    keys: ['/'],
    context: 'provisioning',
    label: 'search',
    description: 'Search the log',
    priority: 57,
    run: ({ screen }) => screen.search(),
  },
  {
    id: 'provisioning.next-match',
    keys: ['n', 'N'],
    context: 'provisioning',
    label: 'next match',
    description: 'Next or previous match in the log',
  },
  {
    id: 'provisioning.save-log',
    keys: ['s'],
    context: 'provisioning',
    label: 'save log',
    description: 'Save the log to a file',
    priority: 60,
    run: ofShown((work, id) => saveLog(work, id)),
  },
];

function unless(...statuses: readonly OperationStatus[]): (scope: KeyScope) => boolean {
  return (scope) => !statuses.includes(shown(scope)?.status ?? 'running');
}

/** Hides a key of provisionings: work on a server that exists has nothing to make or remove. */
function unlessMade(...statuses: readonly OperationStatus[]): (scope: KeyScope) => boolean {
  return (scope) => !isMaking(scope) || unless(...statuses)(scope);
}

function isMaking(scope: KeyScope): boolean {
  return shown(scope)?.request.kind === undefined;
}

function isStoppedWork(scope: KeyScope): boolean {
  return !isMaking(scope) && shown(scope)?.status === 'interrupted';
}

function shown({ state }: KeyScope): Operation | undefined {
  return findOperation(state, shownId(state));
}

function shownId(state: KeyScope['state']): string | undefined {
  const route = currentRoute(state);
  return route.screen === 'provisioning' ? route.operationId : undefined;
}

function hasFailed(scope: KeyScope): boolean {
  return shown(scope)?.status !== 'succeeded';
}

function hasLeftovers(operation: Operation | undefined): boolean {
  return operation !== undefined && operation.leftovers.length > 0;
}

type OfId = (work: Call['work'], id: string) => void | Promise<void>;

/** Applies `action` to the provisioning on screen. */
function ofShown(action: OfId): Command['run'] {
  return ({ work, state }) => {
    const id = shownId(state);
    return id === undefined ? undefined : action(work, id);
  };
}

/** Applies `action` to the server made by the provisioning on screen. */
function ofMade(action: OfId): Command['run'] {
  return ofShown((work, operationId) => {
    const server = findOperation(work.store.state, operationId)?.server;
    return server === undefined ? undefined : action(work, server.id);
  });
}
