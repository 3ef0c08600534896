import type { Disposable } from '../../core/lifecycle.js';
import type { Size } from '../layout.js';
import { style, truncate } from '../markup.js';
import { Surface } from '../surface.js';
import type { Terminal } from './terminal.js';

/** The smallest terminal the screens are made for. */
export const SMALLEST: Size = { width: 60, height: 18 };
const TOPMOST = 1_000;

/** Covers everything with one line while the terminal is too small. */
export class SmallScreenNotice implements Disposable {
  private readonly surface: Surface;

  constructor(terminal: Terminal) {
    this.surface = new Surface(terminal, ({ width }) => {
      const size = `${terminal.size.width}x${terminal.size.height}`;
      const words = `Please enlarge the terminal to ${SMALLEST.width}x${SMALLEST.height} (now ${size}).`;
      return [truncate(style('warn', words), width)];
    });
  }

  fit({ width, height }: Size): void {
    const small = width < SMALLEST.width || height < SMALLEST.height;
    this.surface.place(small ? { left: 0, top: 0, width, height, layer: TOPMOST } : undefined);
    this.surface.invalidate();
  }

  dispose(): void {
    this.surface.dispose();
  }
}
