import { PortlamaError } from '../core/errors.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { serverName } from '../words/servers.js';

/** Wish that a panel grants after its set-up only. A fact about the server, and no failure. */
export class AfterSetUp extends PortlamaError {
  override readonly name = 'AfterSetUp';
  /** True for a look, which changes nothing. */
  readonly isLook: boolean;

  constructor(server: ServerEntry, { what, isLook = false }: Wish) {
    super({
      code: 'after-set-up',
      message: `${what} of ${server.label}: not available before its set-up.`,
      hint: { command: 'servers.onboard', id: serverName(server), lead: 'Set it up' },
    });
    this.isLook = isLook;
  }
}

export interface Wish {
  /** Begins a sentence: `Tunnels`. */
  readonly what: string;
  readonly isLook?: boolean;
}
