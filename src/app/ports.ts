import type { Event } from '../core/event.js';
import type { HealthChange } from '../services/health/health.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Services } from '../usecases/work.js';

export type { PanelDesk } from '../usecases/work.js';

/** Checks the servers' panels, each on its own, over and over. */
export interface HealthWatch {
  readonly onChange: Event<HealthChange>;
  /** From now on exactly these are checked; new ones at once. */
  setServers(servers: readonly ServerEntry[]): void;
  /** Checks one, or all, now. */
  refresh(serverId?: string): void;
}

/** All that the screens' actions need of the world. */
export interface AppPorts extends Services {
  readonly health: HealthWatch;
}

/** What the terminal can do besides drawing. */
export interface TerminalPort {
  /** Whether it arrived cannot be known. */
  copy(text: string): void;
  bell(): void;
  notify(message: string): void;
}
