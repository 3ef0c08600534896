import type { KeyChanges } from '../core/config.js';
import type { Event } from '../core/event.js';
import type { ScreenMemory } from '../services/files/screen-state.js';
import type { ServerHistory } from '../services/health/history/history.js';
import type { HealthChange } from '../services/health/health.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Services } from '../usecases/work.js';

export type { PanelDesk } from '../usecases/work.js';

/** Checks the servers' panels, each on its own, over and over. */
export interface HealthWatch {
  readonly onChange: Event<HealthChange>;
  /** Checks exactly these from now on; new ones at once. */
  setServers(servers: readonly ServerEntry[]): void;
  /** Checks one, or all, now. */
  refresh(serverId?: string): void;
  /** All that is kept of a server. */
  history(serverId: string): Promise<ServerHistory>;
}

/** All that the screens' actions need of the world. */
export interface AppPorts extends Services {
  readonly health: HealthWatch;
  readonly screenMemory: ScreenMemory;
}

/** Functions of the terminal besides drawing. */
export interface TerminalPort {
  /** Copies to the clipboard; arrival cannot be confirmed. */
  copy(text: string): void;
  /** Copies prose of several lines; never what is meant for a shell. */
  copyLines(text: string): void;
  bell(): void;
  notify(message: string): void;
}

/** Options that the person set for this run. */
export interface Settings {
  /** No spinner and no map; elapsed times move once a second. */
  readonly reducedMotion: boolean;
  /** Keys of a person's own, by the commands that they are for. */
  readonly keys?: KeyChanges | undefined;
  /** Rings, and notifies through the terminal, when a provisioning ends. */
  readonly bell: boolean;
}
