import type { PanelDesk } from '../app/ports.js';
import { addManualServer } from '../services/panel/add-server.js';
import { isOfAddressOnly } from '../services/health/panel-credential.js';
import { ClientCertificates } from '../services/panel/identity.js';
import { certificateFacts } from '../services/panel/panel-tls.js';
import {
  readHostKey,
  readServerFile,
  removeServerFile,
  writeServerFile,
} from '../services/registry/server-files.js';
import { parsePublicKey, sha256Fingerprint } from '../services/ssh/keys.js';
import type { World } from './world.js';

/** Panels and their certificates, for the screens. */
export function createPanelDesk(world: World): PanelDesk {
  const { home, dial, keystore, registry, clock, settings, lookup, authorities } = world;
  const certificates = new ClientCertificates({ home, keystore });
  const allow = settings.sandbox ? 'sandbox' : 'public';
  const place = { allow, lookup, authorities } as const;
  return {
    async inspect(urlText, options) {
      const { inspectPanel } = await import('../services/panel/inspect.js');
      return await inspectPanel(urlText, { dial, ...place, ...options });
    },
    add: (inspection, choice) => addManualServer({ registry, home, clock }, inspection, choice),
    pinned: async (server) => {
      const pem = await readServerFile(home, server.id, 'panel.pem');
      return pem === undefined || isOfAddressOnly(pem, server) ? undefined : certificateFacts(pem);
    },
    pin: async (id, certificate) => {
      if (certificate === undefined) await removeServerFile(home, id, 'panel.pem');
      else await writeServerFile(home, id, 'panel.pem', certificate.pem);
    },
    sshHostKey: async (id) => {
      const kept = await readHostKey(home, id);
      const key = kept === undefined ? undefined : parsePublicKey(kept);
      return key === undefined ? undefined : sha256Fingerprint(key);
    },
    readClientCertificate: (server) => certificates.read(server),
  };
}
