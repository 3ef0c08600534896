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
  readonly middle?: Text | undefined;
  /** Several: the first that there is room for, longest first. */
  readonly right?: Text | readonly Text[] | undefined;
}

const GAP = 2;

/**
 * Breadcrumb left, `middle` in the middle or where there is room, `right` right. When it gets
 * narrow `right` goes first, then `middle`; the breadcrumb is cut at last.
 */
export function titleLine({ breadcrumb, middle, right }: TitleParts, columns: number): Markup {
  const left = join([' ', join(breadcrumb.map(crumb(breadcrumb.length)), separator())]);
  const start = width(left);
  const centre = part(middle, columns - start - GAP - 1);
  const room = columns - start - spaceFor(centre) - GAP - 1;
  const end = part(firstFitting(right, room), room);
  const after = columns - width(end) - 1;
  const wanted = Math.floor((columns - width(centre)) / 2);
  const last = after - (width(end) > 0 ? GAP : 0) - width(centre);
  const at = Math.max(start + GAP, Math.min(wanted, last));
  const filled = width(centre) === 0 ? left : join([fit(left, at), centre]);
  return fit(join([fit(filled, Math.max(width(filled), after)), end]), columns);
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

function firstFitting(right: TitleParts['right'], room: number): Text | undefined {
  if (!isList(right)) return right;
  return right.find((text) => width(text) <= room) ?? right.at(-1);
}

function isList(right: TitleParts['right']): right is readonly Text[] {
  return Array.isArray(right);
}

function spaceFor(centre: Markup): number {
  return width(centre) === 0 ? 0 : width(centre) + GAP;
}
