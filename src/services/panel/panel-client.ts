import { toPanelError } from './panel-error.js';
import { healthAnswer, PanelAgent, readHealth } from './panel-request.js';
import { panelAddress } from './panel-tls.js';
import type { PanelClient, PanelClientOptions } from './panel.js';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 256 * 1024;

/**
 * A client of one panel. Its connections are its own: pooled ones would outlive a changed pin or certificate. None stays
 * open between two looks, so that a thousand panels can be watched.
 * The certificate is opened at the first call, and the password forgotten then.
 */
export function createPanelClient(options: PanelClientOptions): PanelClient {
  const { shown } = panelAddress(options.panelUrl);
  const agent = new PanelAgent(options, 'resume');
  return {
    getHealth: async ({ timeoutMs = TIMEOUT_MS, signal } = {}) => {
      signal?.throwIfAborted();
      try {
        const url = new URL('/api/health', options.panelUrl);
        const limits = { timeoutMs, maxBytes: MAX_ANSWER_BYTES, signal };
        const answer = await agent.send({ method: 'GET', url, ...limits });
        return readHealth(healthAnswer(answer), shown);
      } catch (error) {
        signal?.throwIfAborted();
        throw agent.explain(toPanelError(error, shown));
      }
    },
    certificateEnd: () => agent.certificateEnd(),
    close: () => agent.destroy(),
  };
}
