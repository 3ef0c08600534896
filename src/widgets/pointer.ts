import type { Key, Mouse } from './terminal/keys.js';

/** A click on a widget. */
export interface Press {
  /** Name of the part that was hit, as its painter gave it (`target` of markup.ts). */
  readonly target: string | undefined;
  readonly isDouble: boolean;
}

/** The topmost surface at a cell. */
export interface Found {
  readonly owner: Pressable | undefined;
  readonly layer: number;
  readonly target: string | undefined;
}

/** Owner of a surface. */
export interface Pressable {
  /** Moves to what was hit; gives the key that the click stands for, if it is one. */
  handlePress(press: Press): Key | undefined;
  handleWheel(step: 1 | -1): void;
}

export type Hit =
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'press'; readonly owner: Pressable; readonly press: Press }
  | { readonly kind: 'wheel'; readonly owner: Pressable; readonly step: 1 | -1 };

/** Begins the targets that are keys. */
const KEY = 'key:';
/** Longest time between the two of a double click, ms. */
const DOUBLE_MS = 400;

export function targetOfKey(key: Key): string {
  return KEY + key;
}

/** Finds what is meant by a mouse report. */
export class Pointer {
  private last: { readonly owner: Pressable | undefined; readonly atMs: number } | undefined;
  private lastPlace = '';

  constructor(
    private readonly stage: { at(x: number, y: number): Found | undefined },
    private readonly monotonic: () => number = () => performance.now(),
  ) {}

  /**
   * Undefined for what means nothing: a release, a place below `lowest`, which an overlay keeps from the mouse, and the
   * second click of two that finds another thing than the first, which opened it: nobody has read that.
   */
  find({ kind, x, y }: Mouse, lowest: number): Hit | undefined {
    if (kind === 'release') return undefined;
    const found = this.stage.at(x, y);
    const isAbove = (found?.layer ?? 0) >= lowest;
    const owner = isAbove ? found?.owner : undefined;
    if (kind !== 'press') {
      const step = kind === 'wheel-up' ? -1 : 1;
      return owner === undefined ? undefined : { kind: 'wheel', owner, step };
    }
    const { isDouble, isSame } = this.count(`${x},${y}`, owner);
    const target = found?.target;
    if (target?.startsWith(KEY) === true)
      return isDouble ? undefined : { kind: 'key', key: target.slice(KEY.length) };
    if (owner === undefined || !isSame) return undefined;
    return { kind: 'press', owner, press: { target, isDouble } };
  }

  private count(
    place: string,
    owner: Pressable | undefined,
  ): { isDouble: boolean; isSame: boolean } {
    const now = this.monotonic();
    const before = this.lastPlace === place ? this.last : undefined;
    const isDouble = before !== undefined && now - before.atMs <= DOUBLE_MS;
    // A third click begins anew.
    this.last = isDouble ? undefined : { owner, atMs: now };
    this.lastPlace = place;
    return { isDouble, isSame: !isDouble || before.owner === owner };
  }
}
