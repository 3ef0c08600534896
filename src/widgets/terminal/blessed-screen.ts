import { PassThrough } from 'node:stream';
import type blessed from 'blessed';
import Screen from 'blessed/lib/widgets/screen.js';
import { type CellRow, closeGaps, type OutputGate } from './output-gate.js';

/** The parts of blessed that are used and that its types leave out or describe wrongly. */
export interface BlessedScreen extends blessed.Widgets.Screen {
  readonly lines: CellRow[];
  /** The cells as the terminal has them. */
  readonly olines: CellRow[];
  draw(start: number, end: number): void;
  readonly children: blessed.Widgets.Node[];
  readonly program: blessed.BlessedProgram & { cols: number; rows: number; flush(): void };
  readonly destroyed?: boolean;
}

/** blessed's handlers on the process: they exit with 0 on SIGTERM and print to the screen. */
const PROCESS_HANDLERS = {
  uncaughtException: '_exceptionHandler',
  SIGTERM: '_sigtermHandler',
  SIGINT: '_sigintHandler',
  SIGQUIT: '_sigquitHandler',
  exit: '_exitHandler',
} as const;

/**
 * Makes a blessed screen that draws through the gate and hears nothing: the keyboard is read in
 * front of it. Always as xterm-256color, since blessed reads the 32-bit terminfo entries of newer
 * terminals wrongly; what the terminal can really show is decided by the theme.
 */
export function createBlessedScreen(gate: OutputGate): BlessedScreen {
  return withEnvironment(BLESSED_ENVIRONMENT, () => {
    const screen = newScreen(gate);
    drawFrugally(screen);
    return screen;
  });
}

function newScreen(gate: OutputGate): BlessedScreen {
  try {
    return new Screen({
      input: new PassThrough(),
      output: gate as unknown as NodeJS.WriteStream,
      terminal: 'xterm-256color',
      forceUnicode: true,
      // Widths are settled in our cells; blessed's own idea of them is older than emoji.
      fullUnicode: false,
      warnings: false,
      autoPadding: false,
    }) as BlessedScreen;
  } finally {
    // Also of a screen that was only half made: they would destroy it as if it were whole.
    removeProcessHandlers();
  }
}

function drawFrugally(screen: BlessedScreen): void {
  const draw = screen.draw.bind(screen);
  screen.draw = (start, end) => {
    closeGaps(screen.lines, screen.olines);
    draw(start, end);
  };
}

/*
 * NCURSES_NO_UTF8_ACS: line drawing as characters. The mouse modes are those blessed would
 * otherwise guess from TERM. TMUX: with it blessed runs `tmux -V` before the first frame.
 */
const BLESSED_ENVIRONMENT: Readonly<Record<string, string | undefined>> = {
  NCURSES_NO_UTF8_ACS: '1',
  BLESSED_FORCE_MODES: 'SGRMOUSE=1,VT200MOUSE=1',
  TMUX: undefined,
};

function withEnvironment<T>(
  changes: Readonly<Record<string, string | undefined>>,
  run: () => T,
): T {
  const before = Object.keys(changes).map((name) => [name, process.env[name]] as const);
  const apply = (entries: readonly (readonly [string, string | undefined])[]): void => {
    for (const [name, value] of entries) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  apply(Object.entries(changes));
  try {
    return run();
  } finally {
    apply(before);
  }
}

function removeProcessHandlers(): void {
  const owner = Screen as unknown as Record<string, (() => void) | undefined>;
  for (const [event, name] of Object.entries(PROCESS_HANDLERS)) {
    const handler = owner[name];
    if (handler !== undefined) process.removeListener(event, handler);
  }
}
