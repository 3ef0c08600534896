import { logByHand, unreadLogLines } from '../../words/status.js';
import { labelOf, rowOfTeam } from '../server-rows.js';
import type { ActionContext } from './context.js';
import { change } from './team.js';
import { runUseCase } from './use-case.js';

/** Restarts a service, or has a public certificate issued again. */
export async function startAgain(context: ActionContext, row: string): Promise<void> {
  const { kind, name } = rowOfTeam(row);
  if (kind === 'certificate') {
    const words = { title: `Renewing ${name}`, failure: `${name} was not renewed` };
    return await change(context, words, async (serverId, work) => {
      const { renewPublicCertificate } = await import('../../usecases/public-certificates.js');
      await renewPublicCertificate(serverId, name, work);
    });
  }
  const words = { title: `Restarting ${name}`, failure: `${name} was not restarted` };
  await change(context, words, async (serverId, work) => {
    const { restartService } = await import('../../usecases/services.js');
    await restartService(serverId, name, work);
  });
}

/** Shows the end of a service's log, or the line to type where it cannot be read from here. */
export async function showLog(context: ActionContext, row: string): Promise<void> {
  const { serverId } = context.store.state.team ?? {};
  if (serverId === undefined) return;
  const { name } = rowOfTeam(row);
  const options = {
    title: `Reading the log of ${name} on ${labelOf(context.store.state, serverId)}`,
    failure: `The log of ${name} was not read`,
    once: `log ${serverId}`,
  };
  await runUseCase(
    context,
    options,
    async (work) =>
      (await import('../../usecases/services.js')).showLog(serverId, name, undefined, work),
    ({ server, unit, lines, log }) =>
      void context.messages.dialog({
        kind: 'message',
        title: `Log of ${unit} on ${server.label}`,
        lines:
          log.kind === 'read'
            ? log.lines
            : [...unreadLogLines(log.reason), { shellLine: logByHand(server, unit, lines) }],
        fromEnd: log.kind === 'read',
      }),
  );
}
