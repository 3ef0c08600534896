import { Agent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { openIdentity } from './identity.js';
import { openPanelTls, panelAddress } from './panel-tls.js';
import type { PanelClientOptions } from './panel.js';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens connections over the Dial, with the certificate, to the trusted panel only, and keeps one of them open.
 * Opens the certificate for the first connection, and forgets its password then.
 */
export class PanelAgent extends Agent {
  private readonly panel: Omit<PanelClientOptions, 'identity'>;
  private identity: PanelClientOptions['identity'] | undefined;
  private secureContext: SecureContext | undefined;
  private readonly closing = new AbortController();

  constructor({ identity, ...panel }: PanelClientOptions) {
    super({ keepAlive: true, maxFreeSockets: 1 });
    this.panel = panel;
    this.identity = identity;
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    this.open().then(
      (socket) => callback?.(null, socket),
      // Node leaves the stream out when there is an error.
      (error: Error) => (callback as ((error: Error) => void) | undefined)?.(error),
    );
    return undefined;
  }

  /** Closes connections that are open and unused, so that the next request gets a new one. */
  dropIdle(): void {
    for (const socket of Object.values(this.freeSockets).flat()) socket?.destroy();
  }

  override destroy(): void {
    this.closing.abort();
    this.identity = undefined;
    super.destroy();
  }

  private async open(): Promise<Duplex> {
    const { panelUrl, trust, dial } = this.panel;
    return await openPanelTls({
      ...panelAddress(panelUrl),
      trust,
      dial,
      secureContext: this.openSecureContext(),
      timeoutMs: CONNECT_TIMEOUT_MS,
      signal: this.closing.signal,
    });
  }

  private openSecureContext(): SecureContext {
    if (this.secureContext !== undefined) return this.secureContext;
    if (this.identity === undefined) throw new Error('The panel client was closed.');
    this.secureContext = openIdentity(this.identity, this.panel.authorities);
    this.identity = undefined;
    return this.secureContext;
  }
}
