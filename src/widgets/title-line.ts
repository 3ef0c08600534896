import { firstFitting } from './paragraph.js';
import {
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

export interface TitleParts {
  /** The program's name first: `portlama › Servers`. The last one is strong. */
  readonly breadcrumb: readonly Text[];
  /** Middle part. For this and `right`: the first of several texts that fits, longest first. */
  readonly middle?: Text | readonly Text[] | undefined;
  /** At the right end, before `right`; kept before everything but a start of the breadcrumb. */
  readonly badge?: Text | undefined;
  readonly right?: Text | readonly Text[] | undefined;
  /** The longest text of `right` is worth more than the end of a long name in the breadcrumb. */
  readonly keepsRight?: boolean | undefined;
}

const GAP = 2;
/** Cells of a name that is cut for `right`. */
const NAME_LEAST = 8;
/** Cells of the breadcrumb that a badge leaves. */
const BREADCRUMB_LEAST = 12;

/**
 * Breadcrumb left, `middle` in the middle or where there is room, `badge` and `right` right. When it gets
 * narrow `right` goes first, then `middle`; the breadcrumb is cut at last.
 */
export function titleLine(
  { breadcrumb: names, middle, badge, right, keepsRight = false }: TitleParts,
  columns: number,
): Markup {
  const mark = badgeFor(badge, columns);
  const [wish = ''] = [right ?? ''].flat();
  const breadcrumb = keepsRight
    ? shortened(names, columns - spaceFor(mark) - width(wish) - GAP - 2)
    : names;
  const crumbs = join([' ', join(breadcrumb.map(crumb(breadcrumb.length)), separator())]);
  const left = width(mark) === 0 ? crumbs : truncate(crumbs, columns - spaceFor(mark) - 1);
  const start = width(left);
  const between = columns - start - spaceFor(mark) - GAP - 1;
  const centre = part(firstFitting(middle, between), between);
  const before = width(mark) === 0 ? 0 : width(mark) + width(dot());
  const room = columns - start - spaceFor(centre) - before - GAP - 1;
  const beside = part(firstFitting(right, room), room);
  const end = join(
    [mark, beside].filter((text) => width(text) > 0),
    dot(),
  );
  const after = columns - width(end) - 1;
  const wanted = Math.floor((columns - width(centre)) / 2);
  const last = after - (width(end) > 0 ? GAP : 0) - width(centre);
  const at = Math.max(start + GAP, Math.min(wanted, last));
  const filled = width(centre) === 0 ? left : join([fit(left, at), centre]);
  return fit(join([fit(filled, Math.max(width(filled), after)), end]), columns);
}

/** The breadcrumb in `room` cells, by cutting the name before the last. */
function shortened(names: readonly Text[], room: number): readonly Text[] {
  const index = names.length - 2;
  const name = names[index];
  if (name === undefined || index < 1) return names;
  const whole = width(join(names, separator())) + 1;
  const cut = Math.max(NAME_LEAST, width(name) - Math.max(0, whole - room));
  return names.with(index, truncate(name, cut));
}

function badgeFor(badge: Text | undefined, columns: number): Markup {
  if (badge === undefined) return spaces(0);
  return columns - width(badge) - GAP - 1 >= BREADCRUMB_LEAST ? join([badge]) : spaces(0);
}

function dot(): Markup {
  return style('muted', ' · ');
}

function crumb(count: number): (text: Text, index: number) => Markup {
  return (text, index) =>
    index === count - 1 && index > 0
      ? style('strong', text)
      : index === 0
        ? style('accent', style('strong', text))
        : join([text]);
}

function separator(): Markup {
  return style('muted', join([' ', glyph('pointer'), ' ']));
}

/** Whole, or not at all when less than a dozen columns would remain of it. */
function part(text: Text | undefined, room: number): Markup {
  if (text === undefined) return spaces(0);
  if (width(text) <= room) return join([text]);
  return room >= 12 ? truncate(text, room) : spaces(0);
}

function spaceFor(centre: Markup): number {
  return width(centre) === 0 ? 0 : width(centre) + GAP;
}

/** `✔ Token → ◉ Region → ○ Label → ○ Create`: done, current, next. For `FrameData.middle`. */
export function stepper(names: readonly string[], current: number): Markup {
  const steps = names.map((name, index) => {
    if (index < current) return join([glyph('ok'), ' ', style('muted', name)]);
    if (index === current) return join([glyph('current'), ' ', style('strong', name)]);
    return style('muted', join([glyph('pending'), ' ', name]));
  });
  return join(steps, join([' ', glyph('arrow'), ' ']));
}

/** `◉ Region 2/4`: the current one alone, where there is no room for all. */
export function shortStepper(names: readonly string[], current: number): Markup {
  const place = style('muted', ` ${current + 1}/${names.length}`);
  return join([glyph('current'), ' ', style('strong', names[current] ?? ''), place]);
}
