import { cleanJson } from '../core/clean.js';
import type { Operation, PastOperation } from '../services/provisioning/operations.js';
import { stepTitle } from '../services/provisioning/steps/index.js';
import { adviceLines, operationAdvice } from '../usecases/advice.js';
import {
  cancelOperation,
  cleanUpOperation,
  dismissOperation,
  removalOf,
  requireOperation,
  resumeOperation,
} from '../usecases/operations.js';
import type { Work } from '../usecases/work.js';
import { aftermathOf, failureWayOut } from '../words/errors.js';
import { dateOf, lengthOf, minuteOf, tableLines } from '../words/formats.js';
import { hintText } from '../words/hints.js';
import type { Call } from './commands/command.js';
import { performOrPlan } from './dry-run.js';
import { followToEnd, startAndFollow } from './follow.js';
import { giveAnswer } from './answer.js';
import { say } from './say.js';
import type { World } from '../main/world.js';
import { writeText } from './write.js';

export type OperationAction = 'attach' | 'cancel' | 'cleanup' | 'resume' | 'dismiss';

/**
 * Acts on an operation. Resolves to the exit code: 0 when the request was met, 1 when it was not: the server is not
 * online, or not everything is removed.
 */
export function actOnOperation(call: Call, action: OperationAction): Promise<number> {
  const ends = action === 'cancel' ? cancelOperation : cleanUpOperation;
  return performOrPlan(
    call,
    (work) => act(call, action, work),
    (work) => ends(call.args['ID'] ?? '', work),
  );
}

async function act(call: Call, action: OperationAction, work: Work): Promise<number> {
  const { world, args, switches } = call;
  const id = args['ID'] ?? '';
  const options = { format: switches.has('json') ? 'json' : 'plain' } as const;
  const begin = async (useCase: typeof resumeOperation): Promise<number> =>
    await startAndFollow(world, options, work, async (held) => {
      await useCase(id, held);
      return id;
    });
  switch (action) {
    case 'attach':
      await requireOperation(id, work);
      return await nameLeft(world, id, await followToEnd(world, id, options));
    case 'resume':
      return await nameLeft(world, id, await begin(resumeOperation));
    case 'cancel':
    case 'cleanup':
      await begin(action === 'cancel' ? cancelOperation : cleanUpOperation);
      return await sayRemoval(world, id, action);
    case 'dismiss':
      await dismissOperation(id, work);
      return giveAnswer({ json: { id }, lines: [`Dismissed ${id}.`] }, call);
  }
}

/** Prints how to finish a clean-up that left something; exits with 1 then, even if the server is online. */
async function nameLeft(world: World, id: string, exitCode: number): Promise<number> {
  const operation = await world.operations.get(id);
  if (exitCode !== 0 || operation === undefined || operation.leftovers.length === 0)
    return exitCode;
  const advice = operationAdvice(operation);
  if (advice !== undefined)
    for (const line of adviceLines(advice, world.settings)) say(world, line, process.stderr);
  return 1;
}

/** Lists operations, with `all` those whose records were dropped too. Resolves to the exit code. */
export async function listOperations(
  world: World,
  { json, all }: { readonly json: boolean; readonly all: boolean },
): Promise<number> {
  const kept = await world.operations.list();
  const past = all ? await world.operations.past() : [];
  if (json)
    for (const line of [...kept.map((each) => jsonLine(each, world)), ...past.map(pastJson)])
      writeText(process.stdout, `${line}\n`);
  else if (kept.length + past.length === 0) say(world, 'No operations.');
  else {
    const rows = [...kept.map(rowOf), ...past.map(pastRow)];
    const { plain } = world.settings;
    const lines = tableLines({ head: HEAD, rows }, plain);
    for (const [at, line] of lines.entries()) {
      say(world, line);
      const operation = kept[plain ? at : at - 1];
      for (const left of operation === undefined ? [] : leftLines(operation, world))
        say(world, left);
    }
  }
  return 0;
}

const HEAD = ['OPERATION', 'LABEL', 'REGION', 'STATE', 'PROGRESS'];

/** `1a2b  edge  fra1  cancelled  2026-11-22 03:12, took 1m 31s` */
function pastRow({ id, label, region, end, startedAt, endedAt, reason }: PastOperation): string[] {
  const when = `${dateOf(startedAt)} ${minuteOf(startedAt)}`;
  const took = endedAt === undefined ? '' : `, took ${lengthOf(endedAt - startedAt)}`;
  return [id, label, region, end, `${when}${took}${reason === undefined ? '' : `: ${reason}`}`];
}

/** JSON line with the fields that the history keeps, like that of an operation whose record is there. */
function pastJson({ end, startedAt, endedAt, reason, ...past }: PastOperation): string {
  return cleanJson({
    ...past,
    status: end === 'cancelled' ? 'failed' : end,
    cancelled: end === 'cancelled',
    dismissed: true,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === undefined ? undefined : new Date(endedAt).toISOString(),
    error: reason === undefined ? undefined : { message: reason },
  });
}

async function sayRemoval(world: World, id: string, asked: 'cancel' | 'cleanup'): Promise<number> {
  const operation = await world.operations.get(id);
  const removal = removalOf(operation, asked);
  if (removal === 'too-late') {
    const label = operation?.request.label ?? '';
    const destroy = { command: 'servers.destroy', id: label, lead: 'If not needed' } as const;
    const text = `It was too late to cancel: ${label} is online. ${hintText(destroy, world.settings)}`;
    say(world, text, process.stderr);
  }
  return removal === 'removed' ? 0 : 1;
}

/** `1a2b  edge  fra1  interrupted  6 of 11, Creating droplet` */
function rowOf(operation: Operation): string[] {
  const { id, request, steps } = operation;
  const done = steps.filter((step) => step.status === 'done').length;
  const where = currentStep(operation);
  const progress = `${done} of ${steps.length}${where === undefined ? '' : `, ${stepTitle(where)}`}`;
  return [id, request.label, request.region, howText(operation), progress];
}

function leftLines({ leftovers }: Operation, { settings }: World): readonly string[] {
  return leftovers.map(({ kind, id, monthlyUsd, removeBy }) => {
    const cost = monthlyUsd > 0 ? `, costs $${monthlyUsd} a month` : '';
    return `  left: ${kind} ${id}${cost}. ${hintText(removeBy, settings)}`;
  });
}

function howText({ status, cancelled }: Operation): string {
  if (status === 'out-of-sight') return 'cannot tell from here';
  // A cancelled one did what was asked of it.
  return cancelled && status.startsWith('failed') ? status.replace('failed', 'cancelled') : status;
}

/** JSON line of an operation for programs: request, state and leftovers. */
function jsonLine(operation: Operation, { settings }: World): string {
  const { id, request, status, startedAt, endedAt, error, leftovers, server } = operation;
  const { label, region } = request;
  const aftermath = aftermathOf(operation);
  const wayOut = error && aftermath ? failureWayOut(error, request, aftermath) : error?.hint;
  return cleanJson({
    id,
    label,
    region,
    status,
    cancelled: operation.cancelled,
    step: currentStep(operation),
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === undefined ? undefined : new Date(endedAt).toISOString(),
    error: error && { ...error, hint: hintText(wayOut, settings) || undefined },
    leftovers: leftovers.map((left) => ({
      ...left,
      removeBy: hintText(left.removeBy, settings),
    })),
    server,
  });
}

function currentStep({ steps }: Operation): Operation['steps'][number]['id'] | undefined {
  return steps.find(({ status }) => status === 'running' || status === 'failed')?.id;
}
