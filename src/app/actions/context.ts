import type { DisposableStore } from '../../core/lifecycle.js';
import type { AppPorts, TerminalPort } from '../ports.js';
import type { Stay } from '../stay.js';
import type { Store } from '../store.js';
import type { TokenHolder } from '../token-holder.js';
import type { UnlockGate } from '../unlock-gate.js';
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
