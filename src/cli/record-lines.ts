import { clockText } from '../words/operations.js';
import { cleanJson } from '../core/clean.js';
import type { Hint } from '../core/hint.js';
import { failureCause, failureWayOut } from '../words/errors.js';
import { hintLines, hintText } from '../words/hints.js';
import { upkeepEnd, upkeepTitle } from '../words/upkeep.js';
import {
  isEnd,
  type JournalRecord,
  type OperationRequest,
  type Resource,
  type UpkeepRequest,
} from '../services/provisioning/journal/records.js';
import {
  type AnyStepId,
  shownStepsOf,
  STEPS,
  stepTitle,
} from '../services/provisioning/steps/index.js';

interface World {
  readonly sandbox: boolean;
}

type ErrorRecord = Extract<JournalRecord, { event: 'error' }>;

/** Words of an operation for a pipe, a log file or a screen reader, record by record from the first one. */
export class PlainLines {
  private request: OperationRequest | undefined;
  private error: ErrorRecord | undefined;
  private hasMade = false;
  private dnsFailed = false;

  constructor(private readonly world: World) {}

  /** Lines of one more record; undefined for one that adds nothing. */
  next(record: JournalRecord): string | undefined {
    if (record.event === 'operation') this.request = record.request;
    if (record.event === 'worker' && record.mode === 'run') this.error = undefined;
    if (record.event === 'error') this.error = record;
    if (record.event === 'step' && record.step === 'setup_dns' && record.status === 'done')
      this.dnsFailed = 'warning' in record.data || 'conflictWarning' in record.data;
    this.hasMade ||= record.event === 'rollback' && record.status !== 'absent';
    const line =
      this.request?.kind === undefined
        ? plainLine(record, this.world, this.hasMade, this.request)
        : upkeepLine(record, this.world, this.request);
    const wayOut = hintLines(this.wayOut(record), this.world).join('\n  ');
    return wayOut === '' ? line : `${line}\n  ${wayOut}`;
  }

  /** Next step for a server with a domain. */
  private wayOn(label: string): Hint | undefined {
    const domain = this.request?.kind === undefined ? this.request?.domain?.name : undefined;
    if (domain === undefined) return undefined;
    const onboard: Hint = {
      lead: `Set it up for ${domain}`,
      command: 'servers.onboard',
      id: label,
    };
    if (!this.dnsFailed) return onboard;
    return [
      { lead: 'Repeat the DNS set-up', command: 'servers.domain', id: label, domain },
      onboard,
    ];
  }

  /** The way out, once it is known what became of everything. */
  private wayOut(record: JournalRecord): Hint | undefined {
    if (record.event === 'complete') return this.wayOn(record.server.label);
    const { error, request } = this;
    if (error === undefined || error.code === 'cancelled' || request === undefined)
      return undefined;
    if (record === error && error.resumable) return failureWayOut(error, request, 'kept');
    if (record.event !== 'rolled-back') return undefined;
    return failureWayOut(error, request, record.leftovers.length > 0 ? 'left-over' : 'rolled-back');
  }
}

/** Words of one record. `hasMade`: something was there to be removed. */
export function plainLine(
  record: JournalRecord,
  world: World,
  hasMade = true,
  request: Partial<Pick<OperationRequest, 'kind'>> & { readonly domain?: unknown } = {},
): string | undefined {
  switch (record.event) {
    case 'operation':
      return beginLine(record.request);
    case 'dns':
    case 'names':
    case 'looked':
    case 'tasks':
      return undefined;
    case 'worker':
      return record.mode === 'cleanup' ? 'Cleaning up.' : undefined;
    case 'step': {
      const steps = shownStepsOf(request);
      const place = `${steps.findIndex(({ id }) => id === record.step) + 1} of ${steps.length}`;
      return `${place}, ${stepTitle(record.step)}: ${record.status}`;
    }
    case 'substep':
      return `    ${record.name.replaceAll('_', ' ')}: ${record.status}`;
    case 'log':
      return `    ${record.text}`;
    case 'instruct':
      return [...record.lines, record.url ?? '', record.copy, ...record.after]
        .filter((line) => line !== '')
        .join('\n');
    case 'waiting':
      return `    ${record.text.startsWith('waiting ') ? '' : 'waiting: '}${record.text}`;
    case 'cancel':
      return 'Cancelled.';
    case 'clock':
      return `    ${clockText(record.byMs)}`;
    case 'error': {
      const said = `${record.resumable ? 'Stopped' : 'Failed'} at ${stepTitle(record.step)}: ${record.message}`;
      const cause = failureCause(record);
      return cause === undefined ? said : `${said}\n  Likely cause: ${cause}`;
    }
    case 'rollback':
      return rollbackLine(record);
    case 'rolled-back':
      return leftoverLines(
        record.leftovers,
        world,
        hasMade
          ? 'Everything that was created is removed; nothing is left that costs money.'
          : 'Nothing was created, so nothing costs money.',
      );
    case 'complete': {
      const online = `Online: ${record.server.label} at ${record.server.panelUrl}`;
      return record.leftovers.length === 0
        ? online
        : `${online}\n${leftoverLines(record.leftovers, world, '')}`;
    }
  }
}

function beginLine(request: OperationRequest): string {
  if (request.kind !== undefined) return `${upkeepTitle(request)}, operation ${request.id}.`;
  const { label, region, size, image, id } = request;
  return `Creating ${label} in ${region} (${size}, ${image}), operation ${id}.`;
}

/** Words of one record of work on a server that exists. */
function upkeepLine(
  record: JournalRecord,
  world: World,
  request: UpkeepRequest,
): string | undefined {
  if (record.event === 'rolled-back') return undefined;
  if (record.event !== 'complete') return plainLine(record, world, false, request);
  return hintLines(upkeepEnd(request, record.server, record.facts), world).join('\n');
}

function rollbackLine(record: Extract<JournalRecord, { event: 'rollback' }>): string | undefined {
  const name = `${record.resource.kind} ${record.resource.id}`;
  if (record.status === 'running') return undefined;
  if (record.status === 'failed')
    return `  not removed: ${name}: ${record.reason ?? 'unknown reason'}`;
  return record.status === 'absent' ? undefined : `  removed: ${name}`;
}

function leftoverLines(leftovers: readonly Resource[], world: World, otherwise: string): string {
  if (leftovers.length === 0) return otherwise;
  const lines = leftovers.map(
    ({ kind, id, monthlyUsd, removeBy }) =>
      `  ${kind} ${id}${monthlyUsd > 0 ? `, costs $${monthlyUsd} a month` : ''}. ${hintText(removeBy, world)}`,
  );
  return ['Remove this by hand:', ...lines].join('\n');
}

/** The desktop app's progress protocol (contract/portlama.md), one JSON object a line. */
export class ProtocolLines {
  private error: ErrorRecord | undefined;
  private step: AnyStepId = STEPS[0].id;
  private hasEnded = false;

  /** The lines when nothing more is read, with the operation going on or interrupted: none after its end. */
  endEarly(message: string): readonly string[] {
    if (this.hasEnded) return [];
    const step = this.error?.step ?? this.step;
    return [cleanJson({ event: 'error', step, message, recoverable: false })];
  }

  /** The lines for one more record; the error comes last, when it is known whether everything was cleaned up. */
  next(record: JournalRecord): readonly string[] {
    this.hasEnded = isEnd(record) || (record.event === 'error' && record.resumable === true);
    if (record.event === 'operation') this.step = shownStepsOf(record.request)[0]!.id;
    if (record.event === 'step') this.step = record.step;
    switch (record.event) {
      case 'step':
        return record.status === 'running'
          ? [cleanJson({ event: 'step', step: record.step, status: 'running' })]
          : [
              cleanJson({
                event: 'step',
                step: record.step,
                status: 'done',
                data: record.data,
              }),
            ];
      case 'error': {
        const { step, message } = record;
        this.error = record;
        // No clean-up follows.
        return record.resumable
          ? [cleanJson({ event: 'error', step, message, recoverable: false })]
          : [];
      }
      case 'rolled-back': {
        const { step, message } = this.error ?? { step: this.step, message: 'cleaned up' };
        return [
          cleanJson({
            event: 'error',
            step,
            message,
            recoverable: record.leftovers.length === 0,
          }),
        ];
      }
      case 'complete':
        return [cleanJson({ event: 'complete', server: record.server, facts: record.facts })];
      case 'operation':
      case 'worker':
      case 'dns':
      case 'names':
      case 'looked':
      case 'tasks':
      case 'instruct':
      case 'substep':
      case 'log':
      case 'waiting':
      case 'cancel':
      case 'clock':
      case 'rollback':
        return [];
    }
  }
}
