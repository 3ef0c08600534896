import type { Plan } from '../usecases/dry-run.js';
import type { Work } from '../usecases/work.js';
import type { Answer } from './answer.js';
import type { PlanAnswer } from './answers/plan.js';
import { DRY_RUN, type Call } from './commands/command.js';
import { perform } from './work.js';

/**
 * Runs a use case as a command; with `--dry-run` runs it on a world that only reads, and prints what it would do.
 * `planned`: the part of it that acts, where the use case also follows that.
 */
export async function performOrPlan(
  call: Call,
  useCase: (work: Work) => Promise<Answer | number | void>,
  planned: (work: Work) => Promise<unknown> = useCase,
): Promise<number> {
  if (!call.switches.has(DRY_RUN)) return await perform(call, useCase);
  return await perform(call, async (work) => {
    const [{ planOf }, { planLines }] = await Promise.all([
      import('../usecases/dry-run.js'),
      import('../words/plan.js'),
    ]);
    const plan = await planOf(planned, work);
    return { json: answerOf(plan), lines: planLines(plan) };
  });
}

function answerOf({ changes, monthlyUsd }: Plan): PlanAnswer {
  return {
    dryRun: true,
    changes: changes.map(({ monthlyUsd: usd, isTemporary = false, ...change }) => ({
      ...change,
      temporary: isTemporary,
      monthlyUsd: usd ?? null,
    })),
    monthlyUsd: monthlyUsd ?? null,
  };
}
