/** Known state of a server's panel. Times are epoch milliseconds. */
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
  /** Panel that this computer cannot open as it is. */
  | {
      readonly state: 'certificate-needed';
      readonly since: number;
      readonly reason: string;
      readonly lacks: Lack;
    }
  /** Its certificate is not the pinned one. */
  | { readonly state: 'certificate-changed'; readonly since: number; readonly reason: string };

/** Missing prerequisite for opening a panel. */
export type Lack =
  /** A client certificate that the panel accepts. */
  | 'client-certificate'
  /** The password of the client certificate. */
  | 'password'
  /** Confirmation of the panel's own certificate by the user. */
  | 'confirmation'
  /** They may all be there, but cannot be got at now: the store or the keychain is locked, or a tool is missing. */
  | 'access';

export interface HealthChange {
  readonly serverId: string;
  readonly health: Health;
  /** Latencies of the last 10 minutes, oldest first; undefined where a check failed. */
  readonly samples: readonly (number | undefined)[];
}
