import type { HealthEvent } from '../../../src/core/watch-event.js';

/** An event of a server that went offline; `id` tells it from others. */
export function offlineEvent(id: string, changes: Partial<HealthEvent> = {}): HealthEvent {
  return {
    event: 'health',
    id,
    at: '2026-11-28T14:00:00.000Z',
    server: {
      id: 'one',
      label: 'lab',
      panelUrl: 'https://203.0.113.5:9292',
      region: 'fra1',
      account: null,
    },
    state: 'offline',
    before: 'online',
    beforeSince: '2026-11-28T13:00:00.000Z',
    late: false,
    reason: 'no answer',
    latencyMs: null,
    version: null,
    text: 'lab is offline: no answer.',
    ...changes,
  };
}
