import { cleanJson } from '../core/clean.js';
import type { Operation } from '../services/provisioning/operations.js';
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
import { hintText } from '../words/hints.js';
import type { Call } from './commands/command.js';
import { followToEnd, startAndFollow } from './follow.js';
import { say } from './say.js';
import { perform } from './work.js';
import type { World } from '../main/world.js';
import { writeText } from './write.js';

export type OperationAction = 'attach' | 'cancel' | 'cleanup' | 'resume' | 'dismiss';

/**
 * Acts on an operation. Resolves to the exit code: 0 when the request was met, 1 when it was not: the server is not
 * online, or not everything is removed.
 */
export function actOnOperation(call: Call, action: OperationAction): Promise<number> {
  return perform(call, (work) => act(call, action, work));
}

async function act(
  { world, args, switches }: Call,
  action: OperationAction,
  work: Work,
): Promise<number> {
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
      work.face.say(`${id} is forgotten.`);
      return 0;
  }
}

/** Prints how to finish a clean-up that left something; exits with 1 then, even if the server is online. */
async function nameLeft(world: World, id: string, exitCode: number): Promise<number> {
  const operation = await world.operations.get(id);
  if (exitCode !== 0 || operation === undefined || operation.leftovers.length === 0)
    return exitCode;
  const advice = operationAdvice(operation);
  if (advice !== undefined)
    for (const line of adviceLines(advice, world.settings)) writeText(process.stderr, `${line}\n`);
  return 1;
}

/** Lists operations. Resolves to the exit code. */
export async function listOperations(world: World, json: boolean): Promise<number> {
  const all = await world.operations.list();
  if (json)
    for (const operation of all) writeText(process.stdout, `${jsonLine(operation, world)}\n`);
  else if (all.length === 0) say(world, 'No operations.');
  else for (const line of all.flatMap((operation) => summary(operation, world))) say(world, line);
  return 0;
}

async function sayRemoval(world: World, id: string, asked: 'cancel' | 'cleanup'): Promise<number> {
  const operation = await world.operations.get(id);
  const removal = removalOf(operation, asked);
  if (removal === 'too-late') {
    const label = operation?.request.label ?? '';
    const destroy = { command: 'servers.destroy', id: label, lead: 'If it is not wanted' } as const;
    const text = `It was too late to cancel: ${label} is online. ${hintText(destroy, world.settings)}`;
    writeText(process.stderr, `${text}\n`);
  }
  return removal === 'removed' ? 0 : 1;
}

function summary(operation: Operation, { settings }: World): readonly string[] {
  const { id, request, status, steps, leftovers } = operation;
  const done = steps.filter((step) => step.status === 'done').length;
  const where = currentStep(operation);
  const how = status === 'out-of-sight' ? 'cannot tell from here' : status;
  const line = `${id}  ${request.label}  ${request.region}  ${how}  ${done}/${steps.length}`;
  const left = leftovers.map(({ kind, id: name, monthlyUsd, removeBy }) => {
    const cost = monthlyUsd > 0 ? `, costs $${monthlyUsd} a month` : '';
    return `  left: ${kind} ${name}${cost}. ${hintText(removeBy, settings)}`;
  });
  return [`${line}${where === undefined ? '' : `, ${stepTitle(where)}`}`, ...left];
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
