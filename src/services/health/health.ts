/** What is known about one server's panel. Times are epoch milliseconds. */
export type Health =
  | { readonly state: 'checking' }
  | {
      readonly state: 'online';
      readonly since: number;
      readonly latencyMs: number;
      readonly version: string | undefined;
    }
  | {
      readonly state: 'offline';
      readonly since: number;
      readonly reason: string;
      readonly code: string;
    }
  /** There is no client certificate or password for it here. */
  | { readonly state: 'certificate-needed'; readonly since: number; readonly reason: string }
  /** Its certificate is not the pinned one. */
  | { readonly state: 'certificate-changed'; readonly since: number; readonly reason: string };

export interface HealthChange {
  readonly serverId: string;
  readonly health: Health;
  /** Latencies of the last 10 minutes, oldest first; undefined where a check failed. */
  readonly samples: readonly (number | undefined)[];
}
