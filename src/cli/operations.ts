import type { Operation } from '../services/provisioning/operations.js';
import { STEP_TITLES } from '../services/provisioning/records.js';
import type { Command } from './arguments.js';
import { followToEnd, requireToken } from './provision.js';
import type { World } from './world.js';

type OperationsCommand = Extract<Command, { name: 'operations' }>;

/** Lists operations, or does something with one. Resolves to the exit code. */
export async function operationsCommand(
  world: World,
  { action, id = '' }: OperationsCommand,
): Promise<number> {
  const { operations } = world;
  switch (action) {
    case 'list': {
      const all = await operations.list();
      if (all.length === 0) process.stdout.write('No operations.\n');
      for (const operation of all) process.stdout.write(`${summary(operation)}\n`);
      return 0;
    }
    case 'attach':
      return await followToEnd(world, id, 'plain');
    case 'cancel':
    case 'cleanup':
      await operations.cancel(id, await requireToken(world));
      await followToEnd(world, id, 'plain');
      return (await operations.get(id))?.status === 'failed' ? 0 : 1;
    case 'resume':
      await operations.resume(id, await requireToken(world));
      return await followToEnd(world, id, 'plain');
    case 'dismiss':
      await operations.dismiss(id);
      return 0;
  }
}

function summary(operation: Operation): string {
  const { id, request, status, steps } = operation;
  const done = steps.filter((step) => step.status === 'done').length;
  const current = steps.find((step) => step.status === 'running' || step.status === 'failed');
  const where = current === undefined ? '' : `, ${STEP_TITLES[current.id]}`;
  return `${id}  ${request.label}  ${request.region}  ${status}  ${done}/${steps.length}${where}`;
}
