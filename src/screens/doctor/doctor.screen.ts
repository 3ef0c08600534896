import { Details } from '../../widgets/details.js';
import { WidgetOverlay } from '../../widgets/overlay.js';
import { bind } from '../shell/bind.js';
import type { Modal, ScreenContext } from '../shell/screen.js';
import { doctorView } from './doctor.view.js';

/** Where things are kept, and what works here. */
export function createDoctor({ terminal }: ScreenContext): Modal {
  const details = new Details(terminal, { scrolls: true });
  const overlay = new WidgetOverlay(terminal, { title: 'Doctor', content: details, maxWidth: 90 });
  const set = bind(details);
  return {
    overlay,
    content: details,
    show: (state) => set(doctorView(state, terminal.capabilities)),
  };
}
