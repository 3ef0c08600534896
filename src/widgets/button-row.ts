import { join, type Markup, spaces, style } from './markup.js';
import type { Key } from './terminal/keys.js';

export interface Button {
  readonly id: string;
  readonly label: string;
  readonly danger?: boolean;
  /** Why it cannot be pressed; shown beside the buttons while it is selected. */
  readonly disabled?: string | undefined;
}

/** `[ No ]  [ Destroy ]`, the selected one highlighted while `focused`. */
export function buttonRow(
  buttons: readonly Button[],
  selected: string | undefined,
  focused: boolean,
): Markup {
  return join(
    buttons.map((button) => buttonText(button, focused && button.id === selected)),
    spaces(2),
  );
}

/** Left and right among buttons; undefined: not such a key. */
export function moveButton(
  key: Key,
  buttons: readonly Button[],
  selected: string | undefined,
): string | undefined {
  const step = STEPS[key];
  if (step === undefined || buttons.length === 0) return undefined;
  const index = buttons.findIndex(({ id }) => id === selected);
  return buttons[Math.max(0, Math.min(buttons.length - 1, index + step))]?.id;
}

const STEPS: Readonly<Record<Key, number>> = { left: -1, h: -1, right: 1, l: 1 };

function buttonText({ label, danger, disabled }: Button, selected: boolean): Markup {
  const words = join([selected ? '›' : '[', ' ', label, ' ', selected ? '‹' : ']']);
  if (disabled !== undefined)
    return selected ? style('inverse', style('muted', words)) : style('muted', words);
  if (selected)
    return style('strong', danger === true ? style('alarm', words) : style('selected', words));
  return danger === true ? style('danger', words) : words;
}
