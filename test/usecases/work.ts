import type { News, Work } from '../../src/usecases/work.js';
import { FakeWorld } from '../app/fakes/fake-world.js';
import { type Answer, ScriptedFace } from './scripted-face.js';

/** A use case's surroundings in a test: services in memory, and a person who answers by a script. */
export interface TestWork {
  readonly world: FakeWorld;
  readonly face: ScriptedFace;
  readonly news: News[];
  readonly work: Work;
}

export function testWork(
  options: ConstructorParameters<typeof FakeWorld>[0],
  ...answers: readonly Answer[]
): TestWork {
  const world = new FakeWorld(options);
  const face = new ScriptedFace(...answers);
  const news: News[] = [];
  const work = {
    ...world.ports,
    face,
    signal: new AbortController().signal,
    news: (item: News) => void news.push(item),
  };
  return { world, face, news, work };
}
