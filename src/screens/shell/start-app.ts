import { createApp } from '../../app/app.js';
import type { AppPorts } from '../../app/ports.js';
import type { Settings } from '../../app/settings.js';
import type { ExitReason } from '../../app/state.js';
import type { Store } from '../../app/store.js';
import type { Disposable } from '../../core/lifecycle.js';
import type { Terminal } from '../../widgets/terminal/terminal.js';
import { Shell } from './shell.js';

export interface StartOptions {
  /** Open; its opener restores it. */
  readonly terminal: Terminal;
  readonly ports: AppPorts;
  readonly settings: Settings;
  /** Ctrl-Z: give the terminal back and stop the process. Without it the key does nothing. */
  readonly suspend?: (() => void) | undefined;
}

export interface RunningApp extends Disposable {
  readonly store: Store;
  /** Resolves when the person quits, or the terminal went away. Nothing is disposed by then. */
  readonly done: Promise<ExitReason>;
}

/** The program on a terminal, until `done`. */
export function startApp({ terminal, ports, settings, suspend }: StartOptions): RunningApp {
  const app = createApp(ports, terminal, settings);
  const shell = new Shell({ terminal, app, suspend });
  const done = new Promise<ExitReason>((resolve) => {
    app.store.onChange(({ exit }) => {
      if (exit !== undefined) resolve(exit);
    });
    terminal.onHangup(() => app.store.dispatch({ type: 'exit', reason: 'hangup' }));
  });
  return {
    store: app.store,
    done,
    dispose() {
      shell.dispose();
      app.dispose();
    },
  };
}
