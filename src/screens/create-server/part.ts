import type { AppState } from '../../app/state.js';
import type { WizardStep } from '../../app/form-state.js';
import type { LayoutLike } from '../../widgets/layout.js';
import type { FocusRing, Widget } from '../../widgets/widget.js';

/** Widgets of one wizard step. */
export interface WizardPart {
  readonly layout: LayoutLike;
  /** In Tab order. */
  readonly widgets: readonly Widget[];
  /** Widget that gets the focus when the step is entered. */
  first(step: WizardStep): Widget;
  show(state: AppState, focus: FocusRing): void;
}
