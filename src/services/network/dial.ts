import type { Socket } from 'node:net';

export interface DialOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a TCP connection. Everything that talks to a droplet or a panel takes one as a parameter:
 * the real one connects directly, the sandbox's goes through the sandbox.
 * Rejects with the system's error (`ECONNREFUSED`, `ETIMEDOUT`, `ENOTFOUND`) as `code`.
 */
export type Dial = (host: string, port: number, options: DialOptions) => Promise<Socket>;
