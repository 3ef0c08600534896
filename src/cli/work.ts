import { PortlamaError } from '../core/errors.js';
import { createServices } from '../main/services.js';
import { AfterSetUp } from '../usecases/after-set-up.js';
import { cancelledText, Declined, type Face } from '../usecases/face.js';
import type { Work } from '../usecases/work.js';
import { type Answer, giveAnswer } from './answer.js';
import type { Call } from './commands/command.js';
import { EXIT } from './exit-codes.js';
import { commandFace } from './face.js';
import { errorLines, say } from './say.js';
import { version } from './version.js';

function faceOf({ world, words, options, switches }: Call): Face {
  const json = switches.has('json');
  const line = { words, yes: options['yes'], json };
  return commandFace(world, line, json ? undefined : world.console);
}

/**
 * Runs a use case as a command. Resolves to the exit code: the answer's or the use case's own, else 0; 1 when declined,
 * or when a panel does what was asked for after its set-up only.
 */
export async function perform(
  call: Call,
  useCase: (work: Work) => Promise<Answer | number | void>,
): Promise<number> {
  const { world, switches } = call;
  const work: Work = {
    ...createServices(world, process.env, version()),
    face: faceOf(call),
    // The command ends with its process: nothing aborts it earlier.
    signal: new AbortController().signal,
    endsProgram: true,
    news: () => undefined,
  };
  try {
    const outcome = (await useCase(work)) ?? 0;
    return typeof outcome === 'number' ? outcome : giveAnswer(outcome, call);
  } catch (error) {
    if (error instanceof AfterSetUp && !switches.has('json')) {
      for (const line of errorLines(error, world.settings)) say(world, line);
      return error.isLook ? EXIT.done : EXIT.failed;
    }
    if (!(error instanceof Declined)) throw error;
    // Plain mode says it, or goes back to the question before.
    if (world.console !== undefined) throw error;
    const message = cancelledText(error);
    if (switches.has('json')) throw new PortlamaError({ code: 'cancelled', message });
    say(world, message);
    return 1;
  }
}
