import type { DisposableStore } from '../../core/lifecycle.js';
import type { AppPorts, TerminalPort } from '../ports.js';
import type { Stay } from '../stay.js';
import type { Store } from '../store.js';
import type { TokenHolder } from '../token-holder.js';
import type { UnlockGate } from '../unlock-gate.js';
import type { Messages } from './messages.js';
import type { Run } from './run.js';

/** What every action works with. */
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
  /** Disposed when the program ends: what goes on until then. */
  readonly lifetime: DisposableStore;
  /** Aborted when the program ends. */
  readonly signal: AbortSignal;
}
