import { createServices } from '../main/services.js';
import { Declined } from '../usecases/face.js';
import type { Work } from '../usecases/work.js';
import { type CommandLine, commandFace } from './face.js';
import { say } from './say.js';
import { version } from './version.js';
import type { World } from './world.js';

/** Runs a use case as a command. Resolves to the exit code: the use case's own, else 0; 1 when declined. */
export async function toTheEnd(
  world: World,
  command: CommandLine,
  useCase: (work: Work) => Promise<unknown>,
): Promise<number> {
  try {
    const code = await useCase(await commandWork(world, command));
    return typeof code === 'number' ? code : 0;
  } catch (error) {
    if (!(error instanceof Declined)) throw error;
    say(world, 'Declined: nothing was changed.');
    return 1;
  }
}

/** What a use case gets when a command runs it. Ends with the process: nothing aborts it earlier. */
async function commandWork(world: World, command: CommandLine): Promise<Work> {
  return {
    ...createServices(world, process.env, await version()),
    face: commandFace(world, command),
    signal: new AbortController().signal,
    news: () => undefined,
  };
}
