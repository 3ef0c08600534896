import { cleanJson } from '../core/clean.js';
import { PROGRAM, asTyped } from '../core/product.js';
import type { Operation } from '../services/provisioning/operations.js';
import { unknownOperation } from '../services/provisioning/errors.js';
import { STEP_TITLES } from '../services/provisioning/journal/records.js';
import { adviceLines, operationAdvice } from '../usecases/advice.js';
import { followToEnd, type OutputFormat, startAndFollow } from './follow.js';
import { hintText } from '../words/hints.js';
import { requireToken } from '../usecases/token.js';
import { say } from './say.js';
import type { World } from './world.js';
import { writeText } from './write.js';

interface OperationsCommand {
  readonly action: 'list' | 'attach' | 'cancel' | 'cleanup' | 'resume' | 'dismiss';
  readonly id: string | undefined;
  readonly json: boolean;
}

/**
 * Lists operations, or acts on one. Resolves to the exit code: 0 when the request was met, 1 when it was not: the
 * server is not online, or not everything is removed.
 */
export async function operationsCommand(
  world: World,
  { action, id = '', json }: OperationsCommand,
): Promise<number> {
  const { operations } = world;
  if (action === 'list') return await list(world, json);
  if ((await operations.get(id)) === undefined) throw unknownOperation(id);
  const format = json ? 'json' : 'plain';
  switch (action) {
    case 'attach':
      return await nameLeft(world, id, await followToEnd(world, id, { format }));
    case 'cancel':
    case 'cleanup':
      return await removeAll(world, { action, id, format });
    case 'resume':
      return await nameLeft(world, id, await resume(world, id, format));
    case 'dismiss':
      await operations.dismiss(id);
      say(world, `${id} is forgotten.`);
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

async function list(world: World, json: boolean): Promise<number> {
  const all = await world.operations.list();
  if (json)
    for (const operation of all) writeText(process.stdout, `${jsonLine(operation, world)}\n`);
  else if (all.length === 0) say(world, 'No operations.');
  else for (const line of all.flatMap((operation) => summary(operation, world))) say(world, line);
  return 0;
}

async function resume(world: World, id: string, format: OutputFormat): Promise<number> {
  const token = await requireToken(world);
  return await startAndFollow(world, { format }, async () => {
    await world.operations.resume(id, token);
    return id;
  });
}

async function removeAll(
  world: World,
  { action, id, format }: { action: 'cancel' | 'cleanup'; id: string; format: OutputFormat },
): Promise<number> {
  const { operations } = world;
  const token = await requireToken(world);
  await startAndFollow(world, { format }, async () => {
    await operations.cancel(id, token);
    return id;
  });
  const operation = await operations.get(id);
  if (operation === undefined || operation.leftovers.length > 0) return 1;
  if (operation.status === 'failed') return 0;
  // Count the clean-up of a saved server as done: it removes only what was temporary.
  if (operation.status === 'succeeded' && action === 'cleanup') return 0;
  if (operation.status === 'succeeded') {
    const { label } = operation.request;
    const wayOut = asTyped(
      `If it is not wanted: ${PROGRAM} servers destroy ${label}`,
      world.settings,
    );
    writeText(process.stderr, `It was too late to cancel: ${label} is online. ${wayOut}\n`);
  }
  return 1;
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
  return [`${line}${where === undefined ? '' : `, ${STEP_TITLES[where]}`}`, ...left];
}

/** JSON line of an operation for programs: request, state and leftovers. */
function jsonLine(operation: Operation, { settings }: World): string {
  const { id, request, status, startedAt, endedAt, error, leftovers, server } = operation;
  const { label, region } = request;
  return cleanJson({
    id,
    label,
    region,
    status,
    step: currentStep(operation),
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === undefined ? undefined : new Date(endedAt).toISOString(),
    error: error && { ...error, hint: error.hint && hintText(error.hint, settings) },
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
