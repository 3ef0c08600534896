import { Emitter } from '../../core/event.js';
import { DisposableStore } from '../../core/lifecycle.js';
import { Buttons } from '../../widgets/buttons.js';
import { ChoiceLine } from '../../widgets/choice-line.js';
import { Field, FIELD_HEIGHT } from '../../widgets/field.js';
import {
  Arrangement,
  columns,
  empty,
  inset,
  type Layout,
  responsive,
  rows,
  stack,
} from '../../widgets/layout.js';
import { width } from '../../widgets/markup.js';
import { Panel } from '../../widgets/panel.js';
import { Paragraph } from '../../widgets/paragraph.js';
import { Steps } from '../../widgets/steps.js';
import { FocusRing } from '../../widgets/widget.js';
import { loadFormHelp } from '../shell/form-help.js';
import { domainIn } from '../shell/zone-line.js';
import { bind, type Screen, type ScreenContext } from '../shell/screen.js';
import { type SetUpUi, type SetUpView, setUpView } from './set-up.view.js';

/** Longer than a domain or an address may be, so that the rule is seen rather than keys swallowed. */
const MAX_LENGTH = 300;

/** Set-up of a server's domain: a form, the wait for DNS, the installation, the result. */
export function createSetUpScreen(context: ScreenContext, serverId: string): Screen {
  const { terminal, app } = context;
  const owned = new DisposableStore();
  void loadFormHelp();
  const changed = owned.add(new Emitter<void>());
  const widgets = createWidgets(context, owned);
  const { domain, zone, email, record, buttons, steps, panel, intro, note, result, code } = widgets;
  const set = {
    domain: bind(domain),
    zone: bind(zone),
    email: bind(email),
    record: bind(record),
    buttons: bind(buttons),
    steps: bind(steps),
    panel: bind(panel),
    intro: bind(intro),
    note: bind(note),
    result: bind(result),
    code: bind(code),
  };
  const isAscii = terminal.capabilities.ascii;
  const ui = (): SetUpUi => ({
    isAscii,
    size: terminal.size,
    secrets: app.work.setUps.read(serverId),
  });
  owned.add(domain.onChange((value) => app.editSetUp(serverId, 'domain', value)));
  owned.add(email.onChange((value) => app.editSetUp(serverId, 'email', value)));
  for (const submitted of [domain.onSubmit, zone.onSubmit, email.onSubmit])
    owned.add(submitted(() => context.perform('set-up.submit')));
  owned.add(record.onSubmit(() => context.perform('set-up.copy')));
  owned.add(buttons.onPress((id) => context.perform(id)));
  let label = '';
  owned.add(
    zone.onChoose((id) => {
      domain.value = domainIn(id, label);
      app.editSetUp(serverId, 'domain', domain.value);
    }),
  );
  owned.add(record.onChoose((name) => app.editSetUp(serverId, 'record', name)));
  let codeColumns = 0;
  const layouts = layoutsOf(widgets, () => codeColumns);
  const focuses = {
    form: [domain, zone, email, buttons, note],
    work: [buttons, record, panel],
    done: [buttons, result],
  };
  const body = new Arrangement();
  const focus = new FocusRing([buttons]);
  let shown: SetUpView['kind'] | undefined;

  return {
    body,
    focus,
    selected: undefined,
    onChange: changed.event,
    show(state) {
      const view = setUpView(state, serverId, ui());
      set.domain(view.form.domain);
      set.zone(view.form.zone);
      set.email(view.form.email);
      set.record(view.record);
      label = view.form.label;
      set.intro({ lines: view.form.intro });
      set.note({ lines: view.form.note });
      set.buttons(view.buttons);
      set.steps(view.steps);
      set.panel(view.panel);
      set.result({ lines: view.result });
      set.code({ lines: view.code?.lines ?? [] });
      codeColumns = width(view.code?.lines[0] ?? '');
      if (view.kind !== shown) {
        shown = view.kind;
        if (shown === 'form') {
          domain.value = state.setUps[serverId]?.domain ?? '';
          email.value = state.setUps[serverId]?.email ?? '';
        }
        body.setLayout(layouts[shown]);
        focus.setWidgets(focuses[shown]);
        focus.focus(focuses[shown][0]);
      } else body.refresh();
      return view.title;
    },
    controls: undefined,
    dispose() {
      body.place(undefined);
      owned.dispose();
    },
  };
}

type Widgets = ReturnType<typeof createWidgets>;

function createWidgets({ terminal }: ScreenContext, owned: DisposableStore) {
  const steps = owned.add(new Steps(terminal));
  return {
    steps,
    domain: owned.add(new Field(terminal, { kind: 'name', maxLength: MAX_LENGTH })),
    zone: owned.add(new ChoiceLine(terminal)),
    email: owned.add(new Field(terminal, { kind: 'name', maxLength: MAX_LENGTH })),
    record: owned.add(new ChoiceLine(terminal)),
    buttons: owned.add(new Buttons(terminal)),
    panel: owned.add(new Panel(terminal, { content: steps, focus: steps })),
    intro: owned.add(new Paragraph(terminal)),
    note: owned.add(new Paragraph(terminal, { scrolls: true })),
    result: owned.add(new Paragraph(terminal, { scrolls: true })),
    code: owned.add(new Paragraph(terminal)),
  };
}

/** `codeColumns`: columns of the code that is shown; 0 without one. */
function layoutsOf(
  { intro, domain, zone, email, record, buttons, note, panel, result, code }: Widgets,
  codeColumns: () => number,
): Readonly<Record<SetUpView['kind'], Layout>> {
  const gap = { item: empty, rows: 1, gives: { order: 1, least: 0 } };
  const fieldPart = (field: Field, order: number) => ({
    item: field,
    rows: (columnCount: number) => Math.max(field.rowsAt(columnCount), FIELD_HEIGHT),
    gives: { order, least: (columnCount: number) => field.leastRowsAt(columnCount) },
  });
  const choicePart = (choice: ChoiceLine) => ({
    item: choice,
    rows: () => (choice.focusable ? 1 : 0),
  });
  // Messages cover the last row: no button may be there.
  const words = rows([inset(result, { x: 1 }), { share: 1 }], [buttons, 1], [empty, 1]);
  return {
    form: inset(
      stack(
        { item: intro, rows: 3, gives: { order: 2, least: 0 } },
        fieldPart(domain, 4),
        choicePart(zone),
        fieldPart(email, 3),
        gap,
        { item: buttons, rows: 1 },
        gap,
        { item: note, rows: (columnCount) => note.rowsAt(columnCount), grows: true },
      ),
      { x: 1 },
    ),
    work: stack(
      { item: panel, rows: 3, grows: true },
      { ...choicePart(record), item: inset(record, { x: 1 }) },
      { item: buttons, rows: 1 },
      { item: empty, rows: 1 },
    ),
    done: responsive(() =>
      codeColumns() === 0 ? words : columns([words, { share: 1 }], [code, codeColumns()]),
    ),
  };
}
