import type { UpkeepRequest } from '../services/provisioning/journal/records.js';
import type { UpkeepEnd } from '../services/provisioning/worker/upkeep.js';
import { openPanelFor } from './open-panel-for.js';
import type { Performing } from './perform-upkeep.js';
import { requireServer } from './servers.js';

/**
 * Has the panel make a new admin certificate, and takes it over. Killed at any point the certificate kept here opens
 * the panel; a new one that was not taken over yet is made again.
 */
export async function performRenewal(
  { serverId }: UpkeepRequest,
  { work, step }: Performing,
): Promise<UpkeepEnd> {
  const server = await requireServer(work, serverId);
  const api = await openPanelFor(server, work);
  try {
    return await step('renew_certificate', async () => {
      work.face.progress(
        'The panel creates a new certificate; on a small server this takes a minute',
      );
      const { notAfter } = await work.renewCertificate(server, api, work.signal);
      return { server: await requireServer(work, serverId), facts: { expiresAt: notAfter } };
    });
  } finally {
    api.close();
  }
}
