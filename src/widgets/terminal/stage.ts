import type blessed from 'blessed';
import type { Capabilities } from '../../core/capabilities.js';
import type { Found, Pressable } from '../pointer.js';
import type { BlessedScreen } from './blessed-screen.js';
import type { CellRow } from './output-gate.js';
import { SPINNER_TICK_MS, type Theme } from '../theme.js';

/** State of a surface on the stage. */
interface Member {
  readonly owner?: Pressable | undefined;
  readonly layer: number;
  readonly animation: 'spinner' | 'clock' | undefined;
  refresh(spinner: string): void;
  invalidate(): void;
  at(x: number, y: number): { readonly target: string | undefined } | undefined;
}

/** Times since something are shown in seconds; without motion they need not keep up. */
const CLOCK_TICK_MS = 1_000;
const CALM_CLOCK_TICK_MS = 5_000;

/** All surfaces on the screen, their order and their clocks. For widgets only. */
export class Stage {
  private readonly members = new Map<Member, blessed.Widgets.Node>();
  private spinnerTimer: NodeJS.Timeout | undefined;
  private clockTimer: NodeJS.Timeout | undefined;
  private frame = 0;
  private dirty = true;

  constructor(
    /** For the constructors of blessed's elements: they guess, and wrongly once there were two. */
    readonly screen: BlessedScreen,
    private look: Theme,
    readonly capabilities: Capabilities,
    private readonly requestRender: () => void,
  ) {}

  get theme(): Theme {
    return this.look;
  }

  /** Cells to draw. */
  get rows(): readonly CellRow[] {
    return this.screen.lines;
  }

  /** Nodes under blessed's root, surfaces, and listeners on blessed: for tests that look for leaks. */
  get census(): { readonly nodes: number; readonly surfaces: number; readonly listeners: number } {
    const nodes = this.screen.children.length;
    const listeners = listenersOf(this.screen) + listenersOf(this.screen.program);
    return { nodes, surfaces: this.members.size, listeners };
  }

  get isDirty(): boolean {
    return this.dirty;
  }

  add(member: Member, element: blessed.Widgets.Node): void {
    this.members.set(member, element);
    this.screen.append(element);
    this.sort();
  }

  remove(member: Member, element: blessed.Widgets.Node): void {
    if (!this.members.delete(member)) return;
    element.destroy();
    this.markDirty();
  }

  /** Puts an element of blessed on the screen for as long as it takes to read what it drew. */
  offstage<T>(element: blessed.Widgets.Node, read: () => T): T {
    this.screen.append(element);
    try {
      return read();
    } finally {
      element.destroy();
    }
  }

  /** Puts blessed's children into the order of the layers; within a layer they stay as they are. */
  sort(): void {
    const layers = new Map([...this.members].map(([member, node]) => [node, member.layer]));
    this.screen.children.sort((one, other) => (layers.get(one) ?? 0) - (layers.get(other) ?? 0));
  }

  markDirty(): void {
    this.dirty = true;
    this.requestRender();
  }

  at(x: number, y: number): Found | undefined {
    let found: Found | undefined;
    for (const member of this.members.keys()) {
      const { owner, layer } = member;
      const here = found !== undefined && found.layer > layer ? undefined : member.at(x, y);
      if (here !== undefined) found = { owner, layer, target: here.target };
    }
    return found;
  }

  /** Draws everything in another theme. */
  restyle(theme: Theme): void {
    this.look = theme;
    this.invalidateAll();
    this.markDirty();
  }

  invalidateAll(): void {
    for (const member of this.members.keys()) member.invalidate();
  }

  /** Paints what changed; then the screen can be drawn. */
  refresh(): void {
    const spinner = this.theme.spinner(this.frame);
    for (const member of this.members.keys()) member.refresh(spinner);
    this.dirty = false;
    this.adjustTimers();
  }

  /** Stops all animations until the next refresh. */
  stop(): void {
    clearInterval(this.spinnerTimer);
    clearInterval(this.clockTimer);
    this.spinnerTimer = undefined;
    this.clockTimer = undefined;
  }

  private adjustTimers(): void {
    const moving = new Set([...this.members.keys()].map(({ animation }) => animation));
    const calm = this.capabilities.reducedMotion;
    const spins = moving.has('spinner') && !calm;
    if (!spins) {
      clearInterval(this.spinnerTimer);
      this.spinnerTimer = undefined;
    } else {
      this.spinnerTimer ??= setInterval(() => {
        this.frame += 1;
        this.tick('spinner');
      }, SPINNER_TICK_MS);
    }
    // The spinner's ticks bring the times up to date as well.
    if (!moving.has('clock') && !(calm && moving.has('spinner'))) {
      clearInterval(this.clockTimer);
      this.clockTimer = undefined;
    } else {
      this.clockTimer ??= setInterval(
        () => this.tick('clock'),
        calm ? CALM_CLOCK_TICK_MS : CLOCK_TICK_MS,
      );
    }
  }

  private tick(animation: 'spinner' | 'clock'): void {
    const calm = this.capabilities.reducedMotion;
    for (const member of this.members.keys())
      if (member.animation === animation || (calm && member.animation !== undefined))
        member.invalidate();
  }
}

/** blessed's own emitter keeps a function or a list of them an event. */
function listenersOf(emitter: object): number {
  const events: unknown = Object.entries(emitter).find(([name]) => name === '_events')?.[1];
  if (typeof events !== 'object' || events === null) return 0;
  return Object.values(events).reduce(
    (sum: number, entry: unknown) => sum + (Array.isArray(entry) ? entry.length : 1),
    0,
  );
}
