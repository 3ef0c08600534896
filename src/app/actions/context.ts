import type { DisposableStore } from '../../core/lifecycle.js';
import { Declined } from '../../usecases/face.js';
import type { ChosenDomain } from '../../usecases/onboard-server.js';
import type { OnboardingSecrets } from '../../words/onboarding.js';
import type { QrCode } from '../../words/qr-lines.js';
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
  readonly setUps: SetUpDesk;
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

/** Secrets of a set-up that is done, as they are shown once. */
export interface SetUpSecrets extends OnboardingSecrets {
  /** Undefined where the second factor was not changed. */
  readonly totpUri: string | undefined;
  /** The address as QR codes of several sizes, largest first. */
  readonly codes: readonly QrCode[];
}

/** Handles and secrets of set-ups, in memory only and outside the state; by server id. */
export class SetUpDesk {
  private readonly stops = new Map<string, AbortController>();
  private readonly forms = new Map<string, (form: ChosenDomain) => void>();
  private readonly secrets = new Map<string, SetUpSecrets>();

  /** Aborted by `stop`. */
  begin(serverId: string): AbortSignal {
    const stop = new AbortController();
    this.stops.set(serverId, stop);
    return stop.signal;
  }

  stop(serverId: string): void {
    this.stops.get(serverId)?.abort();
  }

  /** Waits for the form. Rejects when it is left. */
  async waitForForm(serverId: string, signal: AbortSignal): Promise<ChosenDomain> {
    try {
      return await new Promise((resolve, reject) => {
        if (signal.aborted) reject(new Declined());
        this.forms.set(serverId, resolve);
        signal.addEventListener('abort', () => reject(new Declined()), { once: true });
      });
    } finally {
      this.forms.delete(serverId);
    }
  }

  /** Hands the form over; false when nothing waits for it. */
  submit(serverId: string, form: ChosenDomain): boolean {
    const take = this.forms.get(serverId);
    take?.(form);
    return take !== undefined;
  }

  keep(serverId: string, secrets: SetUpSecrets): void {
    this.secrets.set(serverId, secrets);
  }

  read(serverId: string): SetUpSecrets | undefined {
    return this.secrets.get(serverId);
  }

  forget(serverId?: string): void {
    if (serverId === undefined) this.secrets.clear();
    else this.secrets.delete(serverId);
  }
}
