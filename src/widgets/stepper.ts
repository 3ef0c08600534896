import { glyph, join, type Markup, style } from './markup.js';

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
