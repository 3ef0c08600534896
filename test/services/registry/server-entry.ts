import type { ServerEntry } from '../../../src/services/registry/registry.js';

/** An entry as the desktop app writes them. */
export function serverEntry(changes: Partial<ServerEntry> = {}): ServerEntry {
  return {
    id: '3f1f0c52-3c3f-4e0e-9b59-3c7f1f3f0a11',
    label: 'fra1-edge',
    panelUrl: 'https://203.0.113.42:9292',
    ip: '203.0.113.42',
    provider: 'digitalocean',
    providerId: '312876543',
    region: 'fra1',
    createdAt: '2026-11-20T10:00:00.000Z',
    active: false,
    authMethod: 'p12',
    ...changes,
  };
}
