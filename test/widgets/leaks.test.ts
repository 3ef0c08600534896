import { beforeAll, describe, expect, it } from 'vitest';
import { breathe, TestScreen } from '../fixtures/terminal/screen.js';
import { GALLERY, showScene } from './gallery.js';

beforeAll(async () => {
  await import('blessed-contrib/lib/widget/map.js');
});

function listeners(screen: TestScreen): Record<string, unknown> {
  const count = (emitter: NodeJS.EventEmitter): Record<string, number> =>
    Object.fromEntries(
      emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]),
    );
  return {
    process: count(process),
    input: count(screen.input),
    output: count(screen.output),
    stage: screen.terminal.stage.census,
  };
}

describe.each(Object.entries(GALLERY))('%s', (_, scene) => {
  it('leaves nothing behind after fifty times', async () => {
    const screen = new TestScreen();
    try {
      const once = async (): Promise<void> => {
        const shown = showScene(screen.terminal, scene);
        await screen.draw();
        await breathe(10);
        shown.dispose();
        await screen.draw();
      };
      await once();
      const before = listeners(screen);
      for (let index = 0; index < 50; index += 1) await once();
      expect(listeners(screen)).toEqual(before);
      expect((await screen.text()).trim()).toBe('');
    } finally {
      screen.dispose();
    }
  });
});

describe('the terminal itself', () => {
  it('leaves process and environment as they were', () => {
    const names = ['exit', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGWINCH', 'uncaughtException'];
    const count = (): number[] => names.map((name) => process.listenerCount(name));
    const environment = { ...process.env };
    const before = count();
    for (let index = 0; index < 5; index += 1) {
      const screen = new TestScreen();
      expect(process.env).toEqual(environment);
      expect(process.listenerCount('SIGTERM')).toBe(before[1]);
      expect(process.listenerCount('uncaughtException')).toBe(before[5]);
      screen.dispose();
    }
    expect(count()).toEqual(before);
  });
});
