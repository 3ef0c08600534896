import type { Key } from './keys.js';

/** `x` and `y` in cells from the top left corner. */
export interface Mouse {
  readonly kind: 'press' | 'release' | 'wheel-up' | 'wheel-down';
  readonly x: number;
  readonly y: number;
}

export type InputEvent =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'mouse'; readonly mouse: Mouse }
  | { readonly type: 'focus'; readonly focused: boolean };
