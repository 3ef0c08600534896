import { type App, createApp } from '../../app/app.js';
import { type Disposable, DisposableStore, MutableDisposable } from '../../core/lifecycle.js';
import { Frame } from '../../widgets/frame.js';
import { type Key, keyLabel, type Mouse } from '../../widgets/terminal/keys.js';
import { useKeys } from '../../words/keys.js';
import type { Terminal } from '../../widgets/terminal/terminal.js';
import type { AppPorts, Settings } from '../../app/ports.js';
import type { AppState, ExitReason } from '../../app/state.js';
import type { Store } from '../../app/store.js';
import type { Command, Host, KeyScope } from './command.js';
import { frameView, SHOW_RUNNING_AFTER_MS } from './frame.view.js';
import { findAlways, findByKey, perform, requireCommand } from './keys.js';
import { bind, type Screen, type ScreenContext } from './screen.js';
import { Modals, ScreenStack } from './screens.js';
import { type NamedWindow, windowTitle } from './window-title.js';

/** Updates after a key, and in a frame, at most: the first may move the cursor, on which details depend. */
const MOST_SHOWN = 3;

/** Work of the terminal's owner rather than of the program. */
export interface ShellOptions {
  readonly terminal: Terminal;
  readonly app: App;
  /** Ctrl-Z: give the terminal back and stop the process. */
  readonly suspend?: (() => void) | undefined;
}

/** Frame, screens, overlays and keys: the one place where they meet. */
class Shell implements Disposable {
  private readonly parts = new DisposableStore();
  private readonly frame: Frame;
  private readonly setFrame: ReturnType<typeof bind<Parameters<Frame['set']>[0]>>;
  private readonly screens: ScreenStack;
  private readonly modals: Modals;
  private readonly screenChange = this.parts.add(new MutableDisposable());
  private readonly timer = this.parts.add(new MutableDisposable());
  private readonly host: Host = {
    redraw: () => this.options.terminal.redraw(),
    suspend: () => this.options.suspend?.(),
  };
  private screen: Screen | undefined;
  private scheduled = false;
  /** True when there are changes beside looks and logs, which a key may refer to. */
  private isDueBeforeKey = true;
  /** Updates that the last key may still have before the frame. */
  private dueAtOnce = 0;
  /** Part of the focus that the hints were last made for. */
  private shownFocus = '';
  private window: NamedWindow | undefined;
  private disposed = false;

  constructor(private readonly options: ShellOptions) {
    const { terminal, app } = options;
    const context: ScreenContext = {
      terminal,
      app,
      perform: (id) => this.perform(requireCommand(id, this.scope())),
    };
    this.frame = this.parts.add(new Frame(terminal));
    this.setFrame = bind(this.frame);
    this.screens = this.parts.add(new ScreenStack(context));
    this.modals = this.parts.add(new Modals(this.frame, context));
    let last = app.store.state;
    this.parts.add(
      app.store.onChange((state) => {
        const isPassing = isLookOrLog(last, state);
        last = state;
        this.schedule(isPassing);
      }),
    );
    this.parts.add(terminal.onFrame(() => this.handleFrame()));
    this.parts.add(terminal.onResize(() => this.show()));
    this.parts.add(terminal.onKey((key) => this.handleKey(key)));
    this.parts.add(terminal.onMouse((mouse) => this.handleMouse(mouse)));
    this.parts.add(terminal.onPaste((pasted) => this.handlePaste(pasted)));
    // With the first frame, or the key before it: by then the list is read, and nothing is shown twice.
    this.scheduled = true;
    terminal.requestRender();
  }

  dispose(): void {
    this.disposed = true;
    this.parts.dispose();
  }

  /** Shows at once what a key changed; leaves news to the next frame, so that a flood of them sets widgets once for it. */
  private schedule(isPassing = false): void {
    if (!isPassing) this.isDueBeforeKey = true;
    if (this.scheduled) return;
    this.scheduled = true;
    const isOfKey = this.dueAtOnce > 0;
    if (isOfKey) this.dueAtOnce -= 1;
    // Later: a frame that is being prepared asks for no other one.
    queueMicrotask(() => (isOfKey ? this.catchUp() : this.options.terminal.requestRender()));
  }

  private catchUp(): void {
    if (this.scheduled && !this.disposed) this.show();
  }

  /** Follows the time as well as the state, so that it is done at each frame. */
  private nameWindow(): void {
    const { app, terminal } = this.options;
    this.window = windowTitle(app.store.state, this.window, app.now());
    if (this.window !== undefined) terminal.setTitle(this.window.title);
  }

  private handleFrame(): void {
    this.nameWindow();
    if (focusOf(this.scope()) !== this.shownFocus) this.scheduled = true;
    for (let shown = 0; this.scheduled && shown < MOST_SHOWN; shown += 1) this.catchUp();
    this.dueAtOnce = 0;
    if (!this.scheduled) return;
    this.scheduled = false;
    this.schedule();
  }

  private show(): void {
    this.scheduled = false;
    this.isDueBeforeKey = false;
    const { app } = this.options;
    const { state } = app.store;
    const screen = this.screens.sync(state.routes);
    if (screen !== this.screen) {
      this.screen = screen;
      this.screenChange.value = screen.onChange(() => this.schedule());
      this.frame.setBody(screen.body);
    }
    const title = screen.show(state);
    this.modals.sync(this.scope());
    const scope = this.scope();
    this.shownFocus = focusOf(scope);
    this.setFrame(frameView(scope, title, app.now()));
    this.showRunningLater();
  }

  /** Schedules an update that names long work even when nothing else happens. */
  private showRunningLater(): void {
    const { app } = this.options;
    const ages = app.store.state.running.map(({ startedAt }) => app.now() - startedAt);
    const young = ages.filter((age) => age < SHOW_RUNNING_AFTER_MS);
    if (young.length === 0) {
      this.timer.value = undefined;
      return;
    }
    const wait = SHOW_RUNNING_AFTER_MS - Math.max(...young);
    const timer = setTimeout(() => this.show(), Math.max(1, wait));
    this.timer.value = { dispose: () => clearTimeout(timer) };
  }

  private scope(): KeyScope {
    const { selected, marked, focus } = this.screen ?? {};
    // Read from the widgets, which begin and end typing themselves; the hints differ meanwhile.
    const { typing, takesText: inField } = this.frame.overlay ?? focus?.current ?? {};
    return { state: this.options.app.store.state, selected, marked, typing, inField };
  }

  /** Several keys may come in one packet: each is for the screen that the one before it led to. */
  private beforeInput(): void {
    if (this.isDueBeforeKey) this.catchUp();
    this.dueAtOnce = MOST_SHOWN;
  }

  private handleKey(key: Key): void {
    this.beforeInput();
    const always = findAlways(key, this.scope());
    if (always !== undefined) this.perform(always);
    else if (this.frame.overlay !== undefined) this.frame.handleKey(key);
    else if (this.screen?.focus.handleKey(key) !== true) {
      const command = findByKey(key, this.scope());
      if (command !== undefined) this.perform(command);
      else this.screen?.focus.current?.handleSpareKey?.(key);
    }
  }

  private handleMouse(mouse: Mouse): void {
    this.beforeInput();
    const key = this.frame.handleMouse(mouse, this.screen?.focus);
    if (key !== undefined) this.handleKey(key);
  }

  private handlePaste(pasted: string): void {
    this.beforeInput();
    if (this.frame.overlay !== undefined) this.frame.handlePaste(pasted);
    else this.screen?.focus.handlePaste(pasted);
  }

  private perform(command: Command): void {
    const { work } = this.options.app;
    const { host, screen } = this;
    void perform(command, { ...this.scope(), work, host, screen: screen?.controls });
  }
}

/** First key of each command that a person gave others, as sentences name it; `:` where it has none. */
function ownKeys(changes: Settings['keys'], ascii: boolean): Readonly<Record<string, string>> {
  const named = Object.entries(changes ?? {}).map(([id, [key]]) => [
    id,
    key === undefined ? ':' : keyLabel(key, ascii),
  ]);
  return Object.fromEntries(named);
}

/** Only what a panel or a log said is new: that opens, closes and asks nothing, so no key waits for it to be shown. */
function isLookOrLog(before: AppState, after: AppState): boolean {
  const { list, usual } = before.operations;
  const isSame = list === after.operations.list && usual === after.operations.usual;
  const { health, strips, operations } = after;
  const same: AppState = isSame ? { ...before, health, strips, operations } : before;
  return Object.entries(same).every(([name, value]) => value === after[name as keyof AppState]);
}

function focusOf({ typing = false, inField = false }: KeyScope): string {
  return `${typing} ${inField}`;
}

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
  /** Shows a message that nothing on the screen asked for; it stays in the activity log. */
  say(text: string): void;
}

/** The program on a terminal, until `done`. */
export function startApp({ terminal, ports, settings, suspend }: StartOptions): RunningApp {
  useKeys(ownKeys(settings.keys, terminal.capabilities.ascii));
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
    say: (text) => app.work.messages.news('warn', text),
    dispose() {
      shell.dispose();
      app.dispose();
    },
  };
}
