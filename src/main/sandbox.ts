import { rm } from 'node:fs/promises';
import { InputError } from '../core/errors.js';
import { ENV } from '../core/product.js';
import { createSandboxKeystore } from '../sandbox/client/sandbox-client.js';
import {
  createSandboxLookup,
  findNewestInSandbox,
  resolveInSandbox,
} from '../sandbox/client/sandbox-names.js';
import { attachSandbox } from '../sandbox/daemon/attach.js';
import { isSandboxFolder, SANDBOX_TOKEN, SandboxFolder } from '../sandbox/folder.js';
import { isLoopbackApi } from '../services/digitalocean/api-url.js';
import { requirePrivateHome } from '../services/files/private-file.js';
import type { Keystore } from '../services/keystore/keystore.js';
import type { FindNewest } from '../services/installer/find-package.js';
import type { Lookup } from '../services/network/addresses.js';
import type { ResolveName, ResolveNameServers } from '../services/network/name-records.js';
import { readHistory } from '../services/provisioning/journal/journal-tail.js';
import { isUpkeep } from '../services/provisioning/journal/records.js';
import {
  journalPath,
  listOperationIds,
  operationFolder,
} from '../services/provisioning/journal/journal.js';
import { removeServerFiles } from '../services/registry/server-files.js';
import type { Registry } from '../services/registry/registry.js';
import { mainModule, ownEnvironment } from './own-program.js';
import type { Settings } from '../cli/settings.js';

/** The embedded DigitalOcean as this process holds it. */
export interface JoinedSandbox {
  /** Base of the API for clients of other authors; this program asks over the socket. */
  readonly url: string;
  /** Token that those clients need. */
  readonly portToken: string;
  readonly socketPath: string;
  readonly keystore: Keystore;
  readonly lookup: Lookup;
  readonly resolveName: ResolveName;
  readonly resolveNameServers: ResolveNameServers;
  readonly findNewest: FindNewest;
  /** PEM of the authority that stands for Let's Encrypt. */
  readonly authority: string;
  /** A token that everything works with. */
  readonly token: string;
  /** The world that the home folder may still tell of is gone. */
  readonly isFresh: boolean;
  detach(): void;
}

/** The sandbox's folder, or undefined outside of it. Neither world opens the other's folder, or one that others write. */
export async function openHome({ home, sandbox }: Settings): Promise<SandboxFolder | undefined> {
  await requirePrivateHome(home);
  if (sandbox) return await SandboxFolder.open(home);
  if (!isSandboxFolder(home)) return undefined;
  throw new InputError({
    code: 'home-is-sandbox',
    message: `${home} belongs to the sandbox, which may remove anything in it.`,
    hint: `Set ${ENV.home} to another folder.`,
  });
}

/** Joins the sandbox of this home folder, or starts it as a process of its own. */
export async function joinSandbox(
  folder: SandboxFolder,
  settings: Settings,
): Promise<JoinedSandbox> {
  const attached = await attachSandbox(folder, {
    command: [process.execPath, mainModule(), 'sandbox-daemon', '--sandbox'],
    env: ownEnvironment(settings),
  });
  return {
    url: attached.url,
    portToken: attached.token,
    socketPath: attached.socketPath,
    keystore: createSandboxKeystore(attached.socketPath),
    lookup: createSandboxLookup(attached.socketPath),
    resolveName: (name) => resolveInSandbox(attached.socketPath, name),
    // Every domain of the sandbox's account works at once.
    resolveNameServers: async () => ['ns1.digitalocean.com'],
    findNewest: (name) => findNewestInSandbox(attached.socketPath, name),
    authority: attached.authority,
    token: SANDBOX_TOKEN,
    isFresh: attached.fresh,
    detach: () => attached.detach(),
  };
}

/**
 * Removes what an earlier sandbox left in its folder: servers whose droplets are gone with it, and operations. Keeps
 * servers that were added by hand. Resolves to the number of servers.
 */
export async function forgetEarlierWorld(
  folder: SandboxFolder,
  registry: Registry,
): Promise<number> {
  const home = folder.path;
  // A list that cannot be read stays, for `servers restore`.
  const listed = await registry.list().catch(() => []);
  const gone = listed.filter(({ providerId }) => providerId !== undefined);
  for (const { id } of gone) {
    await registry.remove(id);
    await removeServerFiles(home, id);
  }
  for (const id of await listOperationIds(home)) {
    const records = await readHistory(journalPath(home, id));
    const request = records?.find((record) => record.event === 'operation')?.request;
    if (request === undefined || !isLoopbackApi(request.apiUrl)) continue;
    // A server that exists is in the list, or was added by hand and stays.
    if (!isUpkeep(request)) await removeServerFiles(home, request.serverId);
    await rm(operationFolder(home, id), { recursive: true, force: true });
  }
  return gone.length;
}
