import headless from '@xterm/headless';

const COLUMNS = 400;
const ROWS = 2;
/** RIS: as if it was just switched on. */
const RESET = '\u001bc';

/** A terminal that tells what a text made it do besides showing it. */
export class RealTerminal {
  private readonly terminal = new headless.Terminal({
    cols: COLUMNS,
    rows: ROWS,
    scrollback: 1,
    allowProposedApi: true,
  });
  private readonly modes = JSON.stringify(this.terminal.modes);
  private readonly events: string[] = [];

  constructor() {
    this.terminal.onBell(() => this.events.push('rang'));
    this.terminal.onData((data) => this.events.push(`answered ${JSON.stringify(data)}`));
    this.terminal.onTitleChange(() => this.events.push('changed its title'));
    this.terminal.onLineFeed(() => this.events.push('began a new line'));
  }

  /** What else it did than show `text` between two letters at the beginning of the first line. */
  async actionsOf(text: string): Promise<readonly string[]> {
    // After something typed it takes what is written at once, and not a moment later.
    this.terminal.input('', true);
    this.events.length = 0;
    await this.write(`${RESET}A${text}B`);
    const actions = [...this.events];
    const buffer = this.terminal.buffer.active;
    const lines = Array.from({ length: ROWS }, (_, y) =>
      buffer.getLine(y)!.translateToString(true),
    );
    // Blanks after the last letter were never written.
    if (lines.join('\n').trimEnd() !== `A${text}B`) actions.push(`shows ${JSON.stringify(lines)}`);
    if (buffer.baseY !== 0) actions.push('scrolled');
    if (buffer.cursorY !== 0) actions.push(`went to line ${buffer.cursorY}`);
    if (buffer.type !== 'normal') actions.push('changed the screen');
    if (JSON.stringify(this.terminal.modes) !== this.modes) actions.push('changed a mode');
    if (this.hasLook()) actions.push('changed the look');
    return actions;
  }

  dispose(): void {
    this.terminal.dispose();
  }

  private hasLook(): boolean {
    const line = this.terminal.buffer.active.getLine(0)!;
    for (let x = 0; x < this.terminal.buffer.active.cursorX; x++) {
      if (!line.getCell(x)!.isAttributeDefault()) return true;
    }
    return false;
  }

  private write(data: string): Promise<void> {
    return new Promise((resolve) => this.terminal.write(data, resolve));
  }
}
