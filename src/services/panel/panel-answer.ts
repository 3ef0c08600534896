import { certificateRequired, PanelError } from './panel-error.js';
import type { PanelHealth } from './panel.js';

/** Answer of `/api/health`, independent of the client. */
export interface PanelAnswer {
  readonly statusCode: number;
  readonly contentType: string | undefined;
  readonly body: string;
  readonly latencyMs: number;
}

/** Health, or the PanelError that the answer means. `host` is a name or address with its port. */
export function readHealth(answer: PanelAnswer, host: string): PanelHealth {
  const { statusCode, contentType, body, latencyMs } = answer;
  const isHtml = contentType?.startsWith('text/html') ?? false;
  if (statusCode === 400 && isHtml && /certificate/i.test(body)) throw certificateRequired(host);
  if (statusCode >= 502 && statusCode <= 504) {
    throw new PanelError(
      'panel-server-down',
      `The panel server of ${host} is down (${statusCode}).`,
    );
  }
  const health = statusCode === 200 ? parseHealth(body) : undefined;
  if (health !== undefined) return { ...health, latencyMs };
  const text = `${host} answered ${statusCode} in a form that no panel uses.`;
  throw new PanelError('panel-answer-unexpected', text);
}

/** An answer that was cut off because it was too long for a panel's. */
export function answerWithoutEnd(host: string): PanelError {
  return new PanelError('panel-answer-unexpected', `${host} sent an answer without end.`);
}

/** `{"status":"ok","version":"0.1.30"}` (contract: on the droplet). */
function parseHealth(body: string): Omit<PanelHealth, 'latencyMs'> | undefined {
  try {
    const value = JSON.parse(body) as { status?: unknown; version?: unknown } | null;
    if (typeof value?.status !== 'string') return undefined;
    const version = typeof value.version === 'string' ? value.version : undefined;
    return { status: value.status, version };
  } catch {
    return undefined;
  }
}
