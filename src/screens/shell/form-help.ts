import { currentRoute, type AppState } from '../../app/state.js';
import type { DisposableStore } from '../../core/lifecycle.js';
import { glyph, join, link, style, type Text } from '../../widgets/markup.js';
import { columns, inset, type Layout, type LayoutLike, placements } from '../../widgets/layout.js';
import { Panel } from '../../widgets/panel.js';
import { Paragraph } from '../../widgets/paragraph.js';
import type { Terminal } from '../../widgets/terminal/terminal.js';
import type { FormHelp, HelpLine } from '../../words/form-help.js';
import { lineText } from '../../words/question.js';
import { bind } from './screen.js';

/** From this width on the help stands beside the form; below it is behind F1. */
export const TWO_PANES_COLUMNS = 100;
/** Widest form: from there on the help stands right beside it. */
const FORM_COLUMNS = 96;

/** Loaded with the first form: the first frame needs none of it. */
const loadWords = () => import('../../words/form-help.js');
let words: Awaited<ReturnType<typeof loadWords>> | undefined;

/** For a form without a pane for its help: F1 has the words then. */
export async function loadFormHelp(): Promise<void> {
  words ??= await loadWords();
}

/** Help for the form on screen; undefined where there is no form. */
export function formHelp(state: AppState): FormHelp | undefined {
  if (words === undefined) return undefined;
  const { addServerHelp, createHelp, regionHelp, setUpHelp, tokenHelp } = words;
  const route = currentRoute(state);
  const { screen } = route;
  const { sandbox } = state.environment;
  if (screen === 'add-server') return addServerHelp();
  if (screen === 'set-up')
    return state.setUps[route.serverId]?.isOpen === true ? setUpHelp() : undefined;
  if (screen !== 'create-server') return undefined;
  const { step, token } = state.wizard ?? {};
  if (step === 'region') return regionHelp();
  if (step === 'label' || step === 'create') return createHelp(sandbox);
  const isChecked = token?.check.state === 'checked' && token.check.report.valid;
  const missing =
    isChecked && token?.check.state === 'checked' ? token.check.report.missing : undefined;
  return tokenHelp(missing, sandbox);
}

/** Lines of a form's help for a widget. */
export function helpText(help: FormHelp, world: { readonly sandbox: boolean }): readonly Text[] {
  return help.lines.map((line) => textOf(line, world));
}

const MARKS = { ok: glyph('ok'), missing: glyph('failed'), open: glyph('bullet') };

function textOf(line: HelpLine, world: { readonly sandbox: boolean }): Text {
  if (typeof line === 'string') return line;
  if ('mark' in line) {
    const text = line.mark === 'missing' ? style('danger', line.text) : line.text;
    return join(['   ', MARKS[line.mark], ' ', text]);
  }
  // The scheme is left out: the address has to fit beside a form.
  if ('url' in line) return join(['   ', link(line.url, line.url.replace(/^https:\/\//, ''))]);
  if ('strong' in line) return style('strong', line.strong);
  return lineText(line, world);
}

/** Help beside a form where there is room for it. */
export class HelpPane {
  private readonly lines: Paragraph;
  readonly panel: Panel;
  private state: AppState | undefined;
  private readonly setLines: (data: { readonly lines: readonly Text[] }) => void;
  private readonly setPanel: (data: { readonly title: string }) => void;

  constructor(terminal: Terminal, owned: DisposableStore) {
    this.lines = owned.add(new Paragraph(terminal));
    this.panel = owned.add(new Panel(terminal, { content: inset(this.lines, { x: 1 }) }));
    this.setLines = bind(this.lines);
    this.setPanel = bind(this.panel);
  }

  show(state: AppState): void {
    this.state = state;
    if (words !== undefined) this.fill();
    else
      void loadWords().then((loaded) => {
        words = loaded;
        this.fill();
      });
  }

  private fill(): void {
    const { state } = this;
    if (state === undefined) return;
    const help = formHelp(state);
    if (help === undefined) return;
    this.setPanel({ title: help.title });
    this.setLines({ lines: helpText(help, state.environment) });
  }

  /** The form alone below 100 columns. */
  beside(form: LayoutLike): Layout {
    const both = columns(
      [form, { share: 1, max: FORM_COLUMNS }],
      [this.panel, { share: 1, max: 64 }],
    );
    return (area) => placements(area.width >= TWO_PANES_COLUMNS ? both : form, area);
  }
}
