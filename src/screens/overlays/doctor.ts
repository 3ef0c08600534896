import { doctor, type Finding, summary } from '../../usecases/doctor.js';
import { screenHintLines } from '../../words/hints.js';
import { terminalText } from '../../words/formats.js';
import { Details, type DetailRow, type DetailsData } from '../../widgets/details.js';
import { glyph, join, style, type Text } from '../../widgets/markup.js';
import { WidgetOverlay } from '../../widgets/panel.js';
import type { Key } from '../../widgets/terminal/keys.js';
import type { Terminal } from '../../widgets/terminal/terminal.js';
import type { Modal, ScreenContext } from '../shell/screen.js';

/** The findings of `doctor`, which fill in while it checks. */
export function createDoctor({ terminal, app }: ScreenContext): Modal {
  const { ports, signal: ended } = app.work;
  const details = new DoctorDetails(terminal, ports.environment, (signal, onFindings) =>
    doctor(
      { ...ports, signal: AbortSignal.any([ended, signal]) },
      {
        terminal: terminalText(terminal.capabilities),
        onFindings,
      },
    ),
  );
  details.check();
  const overlay = new WidgetOverlay(terminal, {
    title: 'Doctor',
    content: details,
    maxWidth: 90,
    hasBar: true,
  });
  return { overlay, content: details };
}

/** Runs the checks; rejects only when the signal is aborted. */
type RunChecks = (
  signal: AbortSignal,
  onFindings: (findings: readonly Finding[]) => void,
) => Promise<unknown>;

class DoctorDetails extends Details {
  private readonly closed = new AbortController();
  private isChecking = false;

  constructor(
    terminal: Terminal,
    private readonly world: World,
    private readonly run: RunChecks,
  ) {
    super(terminal, { scrolls: true, onBorder: true });
  }

  /** Starts the checks, unless they are running. */
  check(): void {
    if (this.isChecking) return;
    void this.checkAll().catch((error: unknown) => {
      if (!this.closed.signal.aborted) throw error;
    });
  }

  override handleKey(key: Key): boolean {
    if (key !== 'r') return super.handleKey(key);
    this.check();
    return true;
  }

  override dispose(): void {
    this.closed.abort();
    super.dispose();
  }

  private async checkAll(): Promise<void> {
    this.isChecking = true;
    const all: Finding[] = [];
    this.set(doctorView(all, true, this.world));
    await this.run(this.closed.signal, (findings) => {
      all.push(...findings);
      this.set(doctorView(all, true, this.world));
    });
    this.isChecking = false;
    this.set(doctorView(all, false, this.world));
  }
}

interface World {
  readonly sandbox: boolean;
}

const ORDER: readonly Finding['level'][] = ['problem', 'note', 'ok'];

/** Findings as rows, those that need attention first. Pure. */
export function doctorView(
  findings: readonly Finding[],
  isChecking: boolean,
  world: World,
): DetailsData {
  const state = isChecking
    ? 'checking…'
    : join([`${summary(findings)}. `, style('muted', 'Press r to check again.')]);
  return {
    rows: [
      { label: 'Result', value: state },
      ...ORDER.flatMap((level) => findings.filter((finding) => finding.level === level)).map(
        (finding) => rowOf(finding, world),
      ),
    ],
  };
}

function rowOf({ level, name, text, hint }: Finding, world: World): DetailRow {
  const hints = screenHintLines(hint, world);
  return {
    label: name,
    value: [headOf(level, text), ...hints.map((line) => join([glyph('arrow'), ' ', line]))],
  };
}

function headOf(level: Finding['level'], text: string): Text {
  switch (level) {
    case 'ok':
      return join([glyph('ok'), ' ', text]);
    case 'note':
      return join([glyph('bullet'), ' ', text]);
    case 'problem':
      return join([glyph('warning'), ' ', style('warn', text)]);
  }
}
