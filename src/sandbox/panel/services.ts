import { SERVICES, UNIT } from '../../core/product.js';
import type { Clock } from '../../core/time.js';

export type ServiceName = (typeof SERVICES)[number];

/** systemd of a droplet: which services run, and since when. */
export class Services {
  private readonly clock: Clock;
  /** Monotonic milliseconds. */
  private readonly startedAt = new Map<ServiceName, number>();

  constructor(clock: Clock) {
    this.clock = clock;
    for (const name of ['nginx', UNIT.panel] as const) this.restart(name);
  }

  /** Does nothing to one that runs. */
  start(name: ServiceName): void {
    if (!this.isActive(name)) this.restart(name);
  }

  restart(name: ServiceName): void {
    this.startedAt.set(name, this.clock.monotonic());
  }

  stop(name: ServiceName): void {
    this.startedAt.delete(name);
  }

  isActive(name: ServiceName): boolean {
    return this.startedAt.has(name);
  }

  list(): readonly {
    readonly name: ServiceName;
    readonly status: string;
    readonly uptime: string | null;
  }[] {
    return SERVICES.map((name) => {
      const since = this.startedAt.get(name);
      if (since === undefined) return { name, status: 'inactive', uptime: null };
      return { name, status: 'active', uptime: uptimeText(this.clock.monotonic() - since) };
    });
  }
}

/** `2d 5h 30m`; seconds only below a minute. */
function uptimeText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
  ] as const;
  return parts.flatMap(([count, unit]) => (count > 0 ? [`${count}${unit}`] : [])).join(' ');
}

/** A user of Authelia, as its database on the disk has it. */
export interface AutheliaUser {
  readonly username: string;
  displayname: string;
  email: string;
  groups: readonly string[];
  password: string;
  totpSecret?: string;
}

/** Authelia: its database on the disk, and the copy that the running process loaded. */
export class Authelia {
  readonly users = new Map<string, AutheliaUser>();
  private loaded = new Map<string, string>();

  writeAdmin(password: string): void {
    this.users.set('admin', {
      username: 'admin',
      displayname: 'Admin',
      email: 'admin@localhost',
      groups: ['admins'],
      password,
    });
  }

  /** Starting or restarting. */
  load(): void {
    this.loaded = new Map([...this.users].map(([name, { password }]) => [name, password]));
  }

  accepts(username: string, password: string): boolean {
    return this.loaded.get(username) === password;
  }
}
