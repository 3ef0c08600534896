import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { systemClock } from '../../../src/core/time.js';
import { operationKey } from '../../../src/services/keystore/keystore.js';
import { Redactor } from '../../../src/services/log/redactor.js';
import { type Dial, directDial } from '../../../src/services/network/dial.js';
import { createPanelClient } from '../../../src/services/panel/panel-client.js';
import { journalPath, openJournal } from '../../../src/services/provisioning/journal/journal.js';
import type { JournalEntry } from '../../../src/services/provisioning/journal/records.js';
import { timing } from '../../../src/services/provisioning/timing.js';
import { CuttingProxy } from '../../fixtures/cutting-proxy.js';
import {
  openProvisioningWorld,
  type ProvisioningWorld,
} from '../../fixtures/provisioning-world.js';
import type { SlowWay } from '../../fixtures/slow-way.js';
import { startSshd, type TestSshd } from '../../fixtures/sshd/start.js';
import { type Droplet, makeDroplet } from '../../services/installer/droplet.js';
import { hastyClock } from '../hasty-clock.js';
import { connectBelow } from './droplet-shell.js';
import { provideInstaller } from './installer.js';
import { sharedPanel, type SharedPanel } from './panel.js';

const SSH_PORT = 22;
/** How long the program waits for a panel's answer; in real milliseconds at least what a busy machine needs. */
const PANEL_ANSWER_MS = 10_000;
const PANEL_ANSWER_LEAST_MS = 1_000;
const PANEL_LEAST_MS = 5_000;
/** Goes up in several packets. */
const PACKAGE_BYTES = 100_000;

export interface SshWorldOptions {
  /** The program's limits and budgets, passed so many times faster. */
  readonly haste: number;
  /** The installer is a file that is uploaded, not a package of the registry. */
  readonly upload: boolean;
  readonly onEntry: (entry: JournalEntry) => void;
  readonly onConnected?: () => void;
  /** Lines for sshd_config. */
  readonly config?: readonly string[] | undefined;
  /** Leads on to the droplet's sshd. */
  readonly slowWay?: SlowWay | undefined;
}

/** A provisioning whose droplet has a real sshd, behind a proxy that can cut; only the API is the sandbox's. */
export interface SshWorld extends ProvisioningWorld {
  readonly droplet: Droplet;
  readonly sshd: TestSshd;
  readonly proxy: CuttingProxy;
  readonly panel: SharedPanel;
  /** Where connections to port 22 go, a port of loopback. */
  sshPort: number;
  /** Nobody listens on this one: connections to port 22 go there straight. */
  refusedBy: number | undefined;
  /** Nothing is to be heard once a connection has come about. */
  isMute: boolean;
}

export async function openSshWorld(options: SshWorldOptions): Promise<SshWorld> {
  const droplet = await makeDroplet();
  await provideInstaller(droplet);
  const panel = await sharedPanel();
  await layOutPki(droplet, panel);
  const { environment, root } = droplet;
  const sshd = await startSshd({ root, environment, config: options.config ?? [] });
  const proxy = new CuttingProxy();
  const sshPort = (await options.slowWay?.lead(() => sshd.port)) ?? sshd.port;
  const way: Way = { sshPort, refusedBy: undefined, isMute: false };
  const world = await openWorldAround(options, droplet, await dialFor(way, proxy, panel));
  await beginWithKeys(world, sshd);
  const own = {
    droplet,
    sshd,
    proxy,
    panel,
    async close() {
      await world.close();
      await proxy.close();
      await droplet.file('stop', '');
      // Lets a job in the background see that it is over before its folder goes.
      await delay(100);
      await sshd.stop();
    },
  };
  return Object.assign(way, { ...world, ...own });
}

type Way = Pick<SshWorld, 'sshPort' | 'refusedBy' | 'isMute'>;

async function dialFor(way: Way, proxy: CuttingProxy, panel: SharedPanel): Promise<Dial> {
  const toSsh = await proxy.lead(() => way.sshPort);
  const toPanel = await proxy.lead(() => panel.port);
  return (host, port, options) => {
    if (port !== SSH_PORT) return toPanel(host, port, options);
    if (way.refusedBy !== undefined) return directDial('127.0.0.1', way.refusedBy, options);
    return toSsh(host, port, options);
  };
}

async function openWorldAround(
  { haste, upload, onEntry, onConnected }: SshWorldOptions,
  droplet: Droplet,
  dial: Dial,
): Promise<ProvisioningWorld> {
  return await openProvisioningWorld({
    clock: hastyClock(haste),
    ...(upload ? { installer: await packageFile(droplet) } : {}),
    onEntry,
    ports: {
      timing: { ...timing(), panelMs: Math.max(timing().panelMs, PANEL_LEAST_MS * haste) },
      dial,
      connectSsh: connectBelow({ root: droplet.root, haste, onConnected }),
      createPanelClient(given) {
        const client = createPanelClient(given);
        const timeoutMs = Math.max(PANEL_ANSWER_MS / haste, PANEL_ANSWER_LEAST_MS);
        return {
          getHealth: (asked) => client.getHealth({ timeoutMs, ...asked }),
          close: () => client.close(),
        };
      },
    },
  });
}

/** The droplet's sshd is up before the droplet is: so its keys are made first, as by an earlier worker. */
async function beginWithKeys(world: ProvisioningWorld, sshd: TestSshd): Promise<void> {
  const { keystore, home, request } = world;
  const { clientKey, hostKey } = sshd;
  const { privateKey } = clientKey;
  const secrets = JSON.stringify({ privateKey, hostPrivateKey: hostKey.privateKey });
  await keystore.set(operationKey(request.id), secrets);
  const journal = await openJournal(journalPath(home, request.id), systemClock, new Redactor());
  const step = 'generate_ssh_key';
  const { publicKey, md5 } = clientKey;
  await journal.write({ event: 'operation', request });
  await journal.write({ event: 'step', step, status: 'running' });
  const data = { publicKey, md5, hostKey: hostKey.publicKey };
  await journal.write({ event: 'step', step, status: 'done', data });
  await journal.close();
}

async function layOutPki(droplet: Droplet, { files }: SharedPanel): Promise<void> {
  const folder = join(droplet.root, 'etc/portlama/pki');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'client.p12'), files.clientP12);
  await writeFile(join(folder, '.p12-password'), `${files.clientPassword}\n`);
  await writeFile(join(folder, 'self-signed.pem'), files.panelPem);
}

/** A package that nothing can make smaller; on this side, although in the droplet's folder. */
async function packageFile(droplet: Droplet): Promise<string> {
  const path = join(droplet.root, 'own-installer.tgz');
  await writeFile(path, gzipSync(randomBytes(PACKAGE_BYTES)));
  return path;
}
