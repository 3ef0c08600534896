import type { News, Work } from '../../src/usecases/work.js';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import { FakeWorld } from '../app/fakes/fake-world.js';
import { readLikeDesktop } from '../contract/desktop-reader.js';
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
  checkWrites(world);
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

/** Fails a use case that writes what the desktop app would refuse, and with it the whole list. */
function checkWrites({ registry }: FakeWorld): void {
  const check = (entry: ServerEntry): ServerEntry => {
    readLikeDesktop([JSON.parse(JSON.stringify(entry))]);
    return entry;
  };
  const save = registry.save.bind(registry);
  const change = registry.change.bind(registry);
  // `add` saves.
  registry.save = (entry) => save(check(entry));
  registry.change = async (id, fields) => check(await change(id, fields));
}
