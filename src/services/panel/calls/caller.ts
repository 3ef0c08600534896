import type { z } from 'zod';
import type { PanelRequest, PanelResponse } from '../panel-request.js';

/** nginx gives up after 60 s (contract: nginx), but tells that it did. */
export const SLOW_MS = 65_000;

/** Options of one call. */
export interface CallOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

/** Port of the calls to one panel. */
export interface PanelCaller {
  /** Sends it once; a GET may be repeated on a connection that turns out to be closed. */
  send(method: PanelRequest['method'], path: string, options?: CallOptions): Promise<PanelResponse>;
  /** Sends it like `send`, and reads its answer. */
  read<T extends z.ZodType>(
    schema: T,
    method: PanelRequest['method'],
    path: string,
    options?: CallOptions,
  ): Promise<z.output<T>>;
}

/** Path with one part from outside at its end. */
export function pathTo(folder: string, name: string): string {
  return `${folder}/${encodeURIComponent(name)}`;
}
