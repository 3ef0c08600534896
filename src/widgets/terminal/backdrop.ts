import type { Disposable } from '../../core/lifecycle.js';
import type { Size } from '../layout.js';
import { Surface } from '../surface.js';
import type { Terminal } from './terminal.js';

const LOWEST = -1;

/** Blank cells behind everything, in a theme with a background of its own. */
export class Backdrop implements Disposable {
  private readonly surface: Surface;

  constructor(private readonly terminal: Terminal) {
    this.surface = new Surface(terminal, () => []);
  }

  fit(size: Size): void {
    const { hasBackground } = this.terminal.stage.theme;
    this.surface.place(hasBackground ? { left: 0, top: 0, ...size, layer: LOWEST } : undefined);
  }

  dispose(): void {
    this.surface.dispose();
  }
}
