import { formatDuration } from './duration.js';
import {
  elapsedSince,
  fit,
  glyph,
  join,
  type Markup,
  spaces,
  style,
  type Text,
  truncate,
  width,
} from './markup.js';
import type { Step, StepsData, StepState } from './steps.js';
import type { GlyphName, StyleName } from './theme.js';
import { wrap } from './wrap.js';

const GLYPH: Readonly<Record<StepState, GlyphName>> = {
  pending: 'pending',
  running: 'spinner',
  done: 'ok',
  failed: 'failed',
  skipped: 'skipped',
  undone: 'undone',
};
const TITLE: Partial<Record<StepState, StyleName>> = {
  pending: 'muted',
  running: 'strong',
  failed: 'danger',
  skipped: 'muted',
  undone: 'muted',
};
/** Room for the longest time: `1h 02m`. */
const TIME_COLUMNS = 7;
const INDENT = 5;

/** All lines, the one that should be visible: the end of what is running or went wrong; and where a failure begins. */
export function stepLines(
  { steps, outcome = [] }: StepsData,
  columns: number,
  spaced = true,
): { readonly lines: Markup[]; readonly focus: number; readonly failure: number | undefined } {
  const lines: Markup[] = [];
  let focus = 0;
  let failure: number | undefined;
  for (const step of steps) {
    if (step.state === 'failed') failure ??= lines.length;
    lines.push(...linesOf(step, columns));
    if (step.state !== 'pending' && step.state !== 'skipped') focus = lines.length - 1;
  }
  const after = outcome.flatMap((line) => wrap(line, columns - 2));
  if (after.length > 0) {
    if (spaced && lines.length > 0) lines.push(spaces(0));
    lines.push(...after.map((line) => join([' ', line])));
    focus = lines.length - 1;
  }
  return { lines, focus, failure };
}

/** `███████░░░░  7/11`, as wide as there is room. */
export function progressLine(
  { done, total }: { readonly done: number; readonly total: number },
  columns: number,
): Markup {
  const count = `${done}/${total}`;
  const room = Math.max(0, columns - width(count) - 4);
  const full = total > 0 ? Math.round((room * Math.min(done, total)) / total) : 0;
  const bar = [style('accent', '█'.repeat(full)), style('muted', '░'.repeat(room - full))];
  return join([' ', ...bar, '  ', count]);
}

function linesOf(step: Step, columns: number): Markup[] {
  const { state, title, detail, error = [] } = step;
  const time = timeOf(step);
  const room = Math.max(0, columns - 4 - TIME_COLUMNS);
  const name = TITLE[state];
  const shown = name === undefined ? title : style(name, title);
  const head = join([' ', glyph(GLYPH[state]), ' ', fit(shown, room), time]);
  const below = room + TIME_COLUMNS - (INDENT - 3);
  const sub = detail === undefined ? [] : [detailLine(detail, below)];
  const errors = error.flatMap((line) => wrap(style('danger', line), below));
  return [head, ...sub, ...errors.map((line) => join([spaces(INDENT), line]))];
}

function detailLine(detail: Text, columns: number): Markup {
  return join(['   ', glyph('branch'), ' ', style('muted', truncate(detail, columns))]);
}

function timeOf({ state, since, elapsedMs }: Step): Markup {
  if (state === 'running' && since !== undefined)
    return fit(elapsedSince(since), TIME_COLUMNS, 'right');
  const words = elapsedMs === undefined ? '' : formatDuration(elapsedMs);
  return fit(style('muted', words), TIME_COLUMNS, 'right');
}
