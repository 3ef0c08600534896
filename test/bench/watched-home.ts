import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/core/time.js';
import { p12PasswordKey } from '../../src/services/keystore/keystore.js';
import { createVault } from '../../src/services/keystore/vault-change.js';
import { openVault } from '../../src/services/keystore/vault-keystore.js';
import type { PanelPki } from '../fixtures/nginx/pki.js';

export const PASSPHRASE = 'orbit-candle-mustard-fjord';

/** Address of a panel: all of 127.0.0.0/8 is loopback. */
export function panelHost(index: number): string {
  return `127.8.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}

/** Home folder with servers whose passwords are in a vault. */
export async function makeWatchedHome(
  home: string,
  pki: PanelPki,
  servers: number,
  port: number,
): Promise<void> {
  await mkdir(join(home, 'servers'), { recursive: true, mode: 0o700 });
  await createVault({ home, clock: systemClock, workFactor: 6 }, PASSPHRASE);
  const vault = openVault({ home, clock: systemClock });
  await vault.unlock(PASSPHRASE);
  const entries = Array.from({ length: servers }, (_, index) => ({
    id: randomUUID(),
    label: `server-${index}`,
    panelUrl: `https://${panelHost(index)}:${port}`,
    ip: panelHost(index),
    createdAt: '2026-11-20T10:00:00.000Z',
    active: false,
    authMethod: 'p12',
  }));
  for (const { id } of entries) {
    const folder = join(home, 'servers', id);
    await mkdir(folder, { mode: 0o700 });
    await writeFile(join(folder, 'client.p12'), pki.p12, { mode: 0o600 });
    await writeFile(join(folder, 'panel.pem'), pki.panelPem, { mode: 0o600 });
    await vault.set(p12PasswordKey(id), pki.passphrase);
  }
  await writeFile(join(home, 'servers.json'), JSON.stringify(entries), { mode: 0o600 });
}
