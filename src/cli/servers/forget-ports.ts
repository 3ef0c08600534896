import { removeServerIdentity } from '../../services/keychain/server-identity.js';
import type { ForgetPorts } from '../../services/registry/forget-server.js';
import { removeServerFiles } from '../../services/registry/server-files.js';
import type { World } from '../world.js';

/** Where something of a server may be kept on this machine. */
export function forgetPorts({ registry, keystore, keychain, home }: World): ForgetPorts {
  return {
    registry,
    keystore,
    removeIdentity: (server) => removeServerIdentity(keychain, home, server),
    removeServerFiles: (id) => removeServerFiles(home, id),
  };
}
