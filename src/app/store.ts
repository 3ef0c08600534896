import { Emitter } from '../core/event.js';
import { reduceAddServer, reduceSetUp, reduceWizard } from './reduce/forms.js';
import { reduceInterface } from './reduce/interface.js';
import { reduceOperations } from './reduce/operations.js';
import { reduceDroplets, reduceServers, settleDroplets } from './reduce/servers.js';
import type { AppEvent } from './events.js';
import type { AppState } from './state.js';

/** Holds the state. The only way to change it is `dispatch`. */
export class Store {
  private readonly changed = new Emitter<AppState>();
  private readonly settled = new Emitter<void>();
  private current: AppState;

  /** Fires after every event that changed something. */
  readonly onChange = this.changed.event;

  constructor(initial: AppState) {
    this.current = initial;
  }

  get state(): AppState {
    return this.current;
  }

  dispatch(event: AppEvent): void {
    const next = reduce(this.current, event);
    if (next === this.current) return;
    this.current = next;
    this.changed.fire(next);
    if (event.type === 'action-ended' && next.running.length === 0) this.settled.fire();
  }

  /** Resolves when no action runs. */
  async idle(): Promise<void> {
    // An action that ended may have started the next one.
    await Promise.resolve();
    while (this.current.running.length > 0) {
      await new Promise<void>((resolve) => {
        const subscription = this.settled.event(() => {
          subscription.dispose();
          resolve();
        });
      });
      await Promise.resolve();
    }
  }

  dispose(): void {
    this.changed.dispose();
    this.settled.dispose();
  }
}

/** The next state. Pure; returns the same object when nothing changed. */
export function reduce(state: AppState, event: AppEvent): AppState {
  switch (event.type) {
    case 'servers-loaded':
    case 'servers-failed':
    case 'server-added':
    case 'active-changed':
    case 'list-sorted':
    case 'health-changed':
    case 'strips-read':
    case 'history-read':
    case 'certificate-read':
    case 'keystore-asked':
    case 'keystore-chosen':
    case 'account-known':
    case 'token-expiring':
      return settleDroplets(reduceServers(state, event));
    case 'operations-listed':
    case 'operation-records':
    case 'operation-forgotten':
    case 'step-times-learned':
      return settleDroplets(reduceOperations(state, event));
    case 'droplets-compared':
    case 'droplet-seen':
    case 'droplet-ended':
      return settleDroplets(reduceDroplets(state, event));
    case 'wizard-opened':
    case 'wizard-closed':
    case 'wizard-step':
    case 'token-edited':
    case 'token-checking':
    case 'token-checked':
    case 'token-check-failed':
    case 'regions-loading':
    case 'regions-loaded':
    case 'regions-failed':
    case 'region-measured':
    case 'region-chosen':
    case 'size-chosen':
    case 'label-edited':
    case 'domain-edited':
    case 'email-edited':
    case 'zones-loaded':
    case 'ssh-keys-chosen':
    case 'creating':
    case 'create-failed':
      return reduceWizard(state, event);
    case 'add-server-opened':
    case 'add-server-edited':
    case 'panel-looking':
    case 'panel-found':
    case 'panel-adding':
    case 'add-server-failed':
      return reduceAddServer(state, event);
    case 'set-up-opened':
    case 'set-up-changed':
    case 'set-up-closed':
      return reduceSetUp(state, event);
    case 'page-read':
    case 'team-read':
    case 'activity-noted':
    case 'route-opened':
    case 'route-closed':
    case 'route-replaced':
    case 'overlay-opened':
    case 'overlay-closed':
    case 'dialog-opened':
    case 'dialog-closed':
    case 'passphrase-judged':
    case 'entry-refused':
    case 'toast-shown':
    case 'toast-expired':
    case 'action-started':
    case 'action-waiting':
    case 'action-held':
    case 'action-ended':
    case 'interrupted':
    case 'exit':
      return reduceInterface(state, event);
  }
}
