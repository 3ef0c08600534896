import type { DisposableStore } from '../../core/lifecycle.js';
import type { AppPorts, TerminalPort } from '../ports.js';
import type { Store } from '../store.js';
import type { Messages } from './messages.js';
import type { Run } from './run.js';

/** Context of every action. */
export interface ActionContext {
  readonly store: Store;
  readonly ports: AppPorts;
  readonly terminal: TerminalPort;
  readonly token: TokenHolder;
  readonly unlockGate: UnlockGate;
  readonly stay: Stay;
  readonly messages: Messages;
  /** The one catch: every action that can fail goes through it. */
  readonly run: Run;
  /** Holds what lives until the program ends; disposed then. */
  readonly lifetime: DisposableStore;
  /** Aborted when the program ends. */
  readonly signal: AbortSignal;
}

/** Lifetime of the stay on a screen; lookups that a key started there end with it. */
export class Stay {
  private current = new AbortController();

  /** Aborted when the screen changes, and by Esc where there is no screen to go back to. */
  get signal(): AbortSignal {
    return this.current.signal;
  }

  end(): void {
    this.current.abort();
    this.current = new AbortController();
  }
}

/** The API token that was typed, in memory only and outside the state. */
export class TokenHolder {
  private token: string | undefined;
  private changed = new AbortController();

  get isEmpty(): boolean {
    return this.token === undefined;
  }

  /** Aborted once another token is typed; lookups about this one end with it. */
  get signal(): AbortSignal {
    return this.changed.signal;
  }

  read(): string | undefined {
    return this.token;
  }

  keep(token: string): void {
    this.change(token);
  }

  forget(): void {
    this.change(undefined);
  }

  private change(token: string | undefined): void {
    this.token = token;
    this.changed.abort();
    this.changed = new AbortController();
  }
}

/** Gate where reads of the vault wait until its passphrase is typed, or the person leaves it locked. */
export class UnlockGate {
  private waiting: (() => void)[] = [];
  private declined = false;

  /** True once the person declined; the question is not opened again unasked. */
  get isDeclined(): boolean {
    return this.declined;
  }

  get isAwaited(): boolean {
    return this.waiting.length > 0;
  }

  /** Resolves when the question was answered either way. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  open(): void {
    this.settle(false);
  }

  decline(): void {
    this.settle(true);
  }

  private settle(declined: boolean): void {
    this.declined = declined;
    const settled = this.waiting;
    this.waiting = [];
    for (const go of settled) go();
  }
}
