import { keyOf } from '../../words/keys.js';
import { aftermathOf, failureCause, failureWayOut } from '../../words/errors.js';
import { pastOf, resourceTitle } from '../../words/operations.js';
import type { AppState } from '../../app/state.js';
import type { Operation, RollbackItem } from '../../services/provisioning/operations.js';
import type { Resource, UpkeepRequest } from '../../services/provisioning/journal/records.js';
import { glyph, join, link, style, type Text } from '../../widgets/markup.js';
import { monthly } from '../../words/formats.js';
import { upkeepEnd } from '../../words/upkeep.js';
import { screenHintLines } from '../../words/hints.js';

interface World {
  readonly sandbox: boolean;
}

/** Lines under the failed step: the error, its cause, and what is true of the way out by now. Pure. */
export function errorLines(operation: Operation, world: World): readonly Text[] {
  const { error, request } = operation;
  if (error === undefined) return [];
  const cause = failureCause(error);
  const aftermath = aftermathOf(operation);
  const wayOut = aftermath === undefined ? undefined : failureWayOut(error, request, aftermath);
  return [
    error.message,
    ...(cause === undefined
      ? []
      : [join([style('muted', 'Likely cause: '), style('muted', cause)])]),
    ...screenHintLines(wayOut, { ...world, isOnPage: true }).map((line) => style('muted', line)),
  ];
}

/** Lines below the steps: the resources made, or the results of the clean-up, short where room is scarce. Pure. */
export function outcomeLines(
  operation: Operation,
  state: AppState,
  isShort: boolean,
): readonly Text[] {
  const { request } = operation;
  if (request.kind !== undefined) return upkeepOutcome(operation, request, state.environment);
  switch (operation.status) {
    case 'running':
      return [];
    case 'succeeded':
      return [...successLines(operation), ...leftoverLines(operation, state.environment)];
    case 'interrupted':
      return interruptedLines(operation);
    case 'out-of-sight':
      return outOfSight();
    case 'cleaning-up':
      return [
        join([
          glyph('spinner'),
          ' ',
          style('warn', 'Cleaning up: removing everything that was created.'),
        ]),
        ...operation.rollback.flatMap((item) => [
          rollbackLine(item),
          ...(item.status === 'running' ? waitingLines(operation) : []),
        ]),
      ];
    case 'failed':
    case 'failed-with-leftovers':
      return [
        ...(isShort ? removedLine(operation) : endedLines(operation)),
        ...closingLines(operation, state),
        ...leftoverLines(operation, state.environment),
      ];
  }
}

/** Lines below the steps of work on a server that exists: it leaves nothing to be removed. */
function upkeepOutcome(
  { status, server, facts, error, cancelled }: Operation,
  request: UpkeepRequest,
  world: World,
): readonly Text[] {
  switch (status) {
    case 'running':
    case 'cleaning-up':
    case 'failed-with-leftovers':
      return [];
    case 'succeeded': {
      const [first = '', ...others] = screenHintLines(
        server === undefined ? [] : upkeepEnd(request, { ...server }, facts),
        world,
      );
      return [join([glyph('ok'), ' ', style('ok', first)]), ...others];
    }
    case 'interrupted':
      return error === undefined
        ? [
            join([glyph('warning'), ' ', style('warn', INTERRUPTED)]),
            `Press ${keyOf('provisioning.resume')} to resume it.`,
          ]
        : [];
    case 'out-of-sight':
      return outOfSight();
    case 'failed':
      return cancelled ? [join([glyph('ok'), ' Stopped. Nothing was removed.'])] : [];
  }
}

const INTERRUPTED = 'Interrupted: this machine or the program was stopped.';

function successLines({ server, request }: Operation): readonly Text[] {
  if (server === undefined) return [];
  const domain = request.kind === undefined ? request.domain?.name : undefined;
  return [
    join([glyph('ok'), ' ', style('ok', `${server.label} is ready and active.`)]),
    join(['Panel: ', link(server.panelUrl)]),
    style(
      'muted',
      `Set up ${domain ?? 'a domain'} (${keyOf('provisioning.set-up')}) for public certificates, a login and tunnels.`,
    ),
  ];
}

function interruptedLines({ cleanUpBegun, error }: Operation): readonly Text[] {
  return [
    join([
      glyph('warning'),
      ' ',
      style(
        'warn',
        error === undefined || cleanUpBegun
          ? INTERRUPTED
          : 'Interrupted: the droplet could not be reached; it may be running.',
      ),
    ]),
    // The error above names the ways already.
    ...(error === undefined || cleanUpBegun ? [interruptedWay(cleanUpBegun)] : []),
    style('muted', 'Until then a created droplet keeps costing money.'),
  ];
}

function interruptedWay(cleanUpBegun: boolean): Text {
  return cleanUpBegun
    ? `The clean-up had started. Press ${keyOf('provisioning.clean-up')} to finish it.`
    : `Press ${keyOf('provisioning.resume')} to resume where it stopped, or ${keyOf('provisioning.clean-up')} to clean up.`;
}

const outOfSight = (): readonly Text[] => [
  join([
    glyph('warning'),
    ' ',
    style('warn', 'Cannot tell from here: its process runs in another container or machine.'),
  ]),
  'The log continues here if it still runs. Cancel it there.',
  style('muted', `If that no longer exists, press ${keyOf('doctor')} for advice.`),
];

function rollbackLine({ resource, status, reason }: RollbackItem): Text {
  const what = resourceTitle(resource);
  switch (status) {
    case 'running':
      return join([glyph('spinner'), ' ', `removing ${what}`]);
    case 'removed':
      return join([glyph('ok'), ' ', `${what} ${pastOf(resource)}`]);
    case 'absent':
      return join([glyph('skipped'), ' ', style('muted', `${what} was not there`)]);
    case 'failed':
      return join([
        glyph('failed'),
        ' ',
        style('danger', `${what} remains${reason === undefined ? '' : `: ${reason}`}`),
      ]);
  }
}

function endedLines({ rollback }: Operation): readonly Text[] {
  return rollback.filter(({ status }) => status !== 'failed').map(rollbackLine);
}

/** All that was removed in one line; the log has one for each. */
function removedLine({ rollback }: Operation): readonly Text[] {
  const removed = rollback.filter(({ status }) => status === 'removed');
  if (removed.length === 0) return [];
  const names = removed.map(({ resource }) => resourceTitle(resource)).join(', ');
  return [join([glyph('ok'), ' ', `Removed ${names}.`])];
}

/** Line below the resource being removed: the reason for waiting. */
function waitingLines({ waiting }: Operation): readonly Text[] {
  return waiting === undefined
    ? []
    : [join(['  ', glyph('branch'), ' ', style('warn', waiting.text)])];
}

function closingLines(operation: Operation, state: AppState): readonly Text[] {
  if (operation.leftovers.length > 0) return [];
  const what = operation.cancelled ? 'Cancelled.' : 'Cleaned up.';
  const costs = state.environment.sandbox ? '' : ' No costs remain.';
  return [join([glyph('ok'), ' ', `${what} Nothing is left.${costs}`])];
}

/** Leftovers, each with its id, price, reason, and how to remove it. */
function leftoverLines({ leftovers, rollback }: Operation, world: World): readonly Text[] {
  if (leftovers.length === 0) return [];
  const title = `${leftovers.length} could not be removed:`;
  return [
    join([glyph('warning'), ' ', style('danger', title)]),
    ...leftovers.flatMap((resource) => [
      join([
        glyph('failed'),
        ' ',
        style('strong', resourceTitle(resource)),
        resource.monthlyUsd > 0 ? style('danger', ` costs ${monthly(resource.monthlyUsd)}`) : '',
      ]),
      ...reasonLines(resource, rollback),
      ...screenHintLines(resource.removeBy, world).map((line) => style('muted', line)),
    ]),
  ];
}

function reasonLines(left: Resource, rollback: readonly RollbackItem[]): readonly Text[] {
  const item = rollback.findLast(
    ({ resource }) => resource.kind === left.kind && resource.id === left.id,
  );
  return item?.status === 'failed' && item.reason !== undefined ? [item.reason] : [];
}
