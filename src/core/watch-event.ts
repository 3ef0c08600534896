/** Change that `watch` tells, one JSON object a line; fields keep their names (docs/watching.md). Holds no secret. */
export type WatchEvent = HealthEvent | DropletEvent;

interface Told {
  /** One of its own; the same again where it is told a second time after a crash. */
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  /** The event as a sentence. */
  readonly text: string;
}

/** Account of DigitalOcean that a server's droplet is in, as it was found last. */
export interface EventAccount {
  /** Name that it has here; null where several may be meant. */
  readonly name: string | null;
  readonly email: string;
  /** Id of its team. */
  readonly team?: string | undefined;
  readonly teamName?: string | undefined;
}

/** States of a panel; `online` alone is well. */
export type PanelState = 'online' | 'offline' | 'certificate-needed' | 'certificate-changed';

export interface HealthEvent extends Told {
  readonly event: 'health';
  readonly server: {
    readonly id: string;
    readonly label: string;
    readonly panelUrl: string;
    readonly region: string | null;
    /** Null: added by hand, or not known yet. */
    readonly account: EventAccount | null;
  };
  readonly state: PanelState;
  /** Null for one that is seen for the first time: no change. */
  readonly before: PanelState | null;
  /** ISO 8601; when `before` began. */
  readonly beforeSince: string | null;
  /** Read from the history: it happened while nothing told events. */
  readonly late: boolean;
  readonly reason: string | null;
  readonly latencyMs: number | null;
  readonly version: string | null;
}

export type DropletState = 'new' | 'active' | 'off' | 'archive' | 'absent';

export interface DropletEvent extends Told {
  readonly event: 'droplet';
  readonly droplet: {
    readonly id: number;
    readonly name: string;
    readonly region: string;
    readonly address: string | null;
    /** Name that its account has here; null where there is one alone. */
    readonly account: string | null;
  };
  /** Server of the list that it belongs to. */
  readonly server: { readonly id: string; readonly label: string } | null;
  readonly state: DropletState;
  /** Null for one that was there when it was looked at for the first time: no change. */
  readonly before: DropletState | null;
}
