import { TestScreen, type TestScreenOptions } from '../fixtures/terminal/screen.js';
import type { Terminal } from '../../src/widgets/terminal/terminal.js';
import type { Widget } from '../../src/widgets/widget.js';

/** One widget alone on a screen, with the focus. */
export interface Placed<T> {
  readonly widget: T;
  readonly screen: TestScreen;
  /** Keys to the widget, `"abc` for one after the other; whether the last one was used. */
  readonly press: (...keys: readonly string[]) => boolean;
  readonly text: () => Promise<string>;
}

/** Puts a widget on a screen, runs with it, and takes both away. */
export async function withWidget<T extends Widget>(
  create: (terminal: Terminal) => T,
  run: (placed: Placed<T>) => Promise<void>,
  options: TestScreenOptions & { readonly width?: number; readonly height?: number } = {},
): Promise<void> {
  const screen = new TestScreen(options);
  const widget = create(screen.terminal);
  const { width = screen.terminal.size.width, height = screen.terminal.size.height } = options;
  try {
    widget.place({ left: 0, top: 0, width, height });
    widget.setFocused(true);
    await run({
      widget,
      screen,
      press: (...keys) =>
        keys
          .flatMap((key) => (key.startsWith('"') ? Array.from(key.slice(1)) : [key]))
          .map((key) => widget.handleKey(key))
          .at(-1) ?? false,
      text: async () => (await screen.text()).trimEnd(),
    });
  } finally {
    widget.dispose();
    screen.dispose();
  }
}

/** What an event fires, as it comes. */
export function collect<T>(event: (listener: (value: T) => void) => unknown): T[] {
  const values: T[] = [];
  event((value) => values.push(value));
  return values;
}
