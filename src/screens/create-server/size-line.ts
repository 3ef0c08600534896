import type { AppState } from '../../app/state.js';
import type { DisposableStore } from '../../core/lifecycle.js';
import { ChoiceLine, type ChoiceLineData } from '../../widgets/choice-line.js';
import { style } from '../../widgets/markup.js';
import { monthly } from '../../words/formats.js';
import { sizeLineText, sizeText } from '../../words/regions.js';
import type { ScreenContext } from '../shell/screen.js';

/** The size with its price, in the steps that depend on it. */
export function createSizeLine(context: ScreenContext, owned: DisposableStore): ChoiceLine {
  const line = owned.add(new ChoiceLine(context.terminal));
  owned.add(line.onChoose((slug) => void context.app.chooseSize(slug)));
  owned.add(line.onSubmit(() => context.perform('wizard.next')));
  return line;
}

/** Pure. */
export function sizeLine({ wizard, environment }: AppState): ChoiceLineData {
  const { sizes = [] } = wizard?.regions ?? {};
  const chosen = wizard?.size ?? environment.offer.sizeSlug;
  const choices = sizes.map((size) => ({
    id: size.slug,
    text: [`${sizeText(size)}  ${monthly(size.priceMonthlyUsd)}`, sizeLineText(size)],
  }));
  const isKnown = choices.some(({ id }) => id === chosen);
  return {
    label: 'Size',
    // Keep a size that is not on offer in the line, so that it can be left.
    choices: isKnown || sizes.length === 0 ? choices : [{ id: chosen, text: chosen }, ...choices],
    chosen,
    empty: style('muted', chosen),
  };
}
