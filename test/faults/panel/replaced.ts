import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PortlamaError } from '../../../src/core/errors.js';
import { systemClock } from '../../../src/core/time.js';
import {
  certificatePasswordKey,
  loginKey,
  p12PasswordKey,
} from '../../../src/services/keystore/keystore.js';
import {
  createKeyDesk,
  type HeldKey,
  type KeyDesk,
} from '../../../src/services/panel/bind-certificate.js';
import { connectPanel, type ConnectPorts } from '../../../src/services/panel/connect-panel.js';
import { readP12 } from '../../../src/services/panel/identity.js';
import { recoverCertificate as keepRecovered } from '../../../src/services/panel/recover-certificate.js';
import { readServerFile } from '../../../src/services/registry/server-files.js';
import {
  changeServerMeta,
  type MetaChange,
  readServerMeta,
} from '../../../src/services/registry/server-meta.js';
import { connectSsh } from '../../../src/services/ssh/connect.js';
import { authenticationFailed } from '../../../src/services/ssh/ssh-error.js';
import { bindCertificate } from '../../../src/usecases/bind-certificate.js';
import { recoverCertificate } from '../../../src/usecases/recover-certificate.js';
import { lineText } from '../../../src/words/question.js';
import { EDGE } from '../../app/fakes/fake-world.js';
import type { ClientFile } from '../../contract/panel-world.js';
import { type FakeMac, macInFolder } from '../../fixtures/keychain/mac-in-folder.js';
import { TestShell } from '../../sandbox/droplet-fixture.js';
import { keptHere } from './kept.js';
import type { FaultWork, Scenario } from './scenarios.js';

const { id: ID, label: LABEL } = EDGE;
const STATUS = 'GET /api/onboarding/status';
const MODE = 'GET /api/certs/admin/auth-mode';
const UPGRADE = '/api/certs/admin/upgrade-to-hardware-bound';
const PKI = '/etc/portlama/pki';
const KEYS = '/root/.ssh/authorized_keys';
const SSH_MS = 5_000;
const STAYS_VALID = /stays? valid until .* serial [0-9A-F]{40}/;
const SIGNAL = new AbortController().signal;
/** A panel that calls a certificate revoked is believed. */
const BELIEVED = [403] as const;

/** What the panel takes now, and what is written down here of it. */
interface Ways {
  readonly isOpenedByFile: boolean;
  readonly isOpenedByKey: boolean;
  /** The list calls the certificate dead. */
  readonly isCalledDead: boolean;
  /** An operation that can be resumed has the rest. */
  readonly isInterrupted: boolean;
  /** Everything that is wrong with it. */
  readonly wrong: readonly string[];
}

let onlyKey: Promise<HeldKey> | undefined;
/** Making one takes a second; each cell has a keychain of its own. */
const withOneKey = (desk: KeyDesk): KeyDesk => ({
  ...desk,
  makeKey: () => (onlyKey ??= desk.makeKey()),
});

const macs = new WeakMap<object, FakeMac>();
const keysBefore = new WeakMap<object, string>();
/** Lines that the person was told. */
const said = new WeakMap<object, string[]>();

/** Replaces services of the person's program and of its workers. */
function replace({ world, work }: FaultWork, services: object): void {
  Object.assign(world.ports, services);
  Object.assign(work, services);
}

/** A panel that is set up; facts of its server are in a file, as connections read them. */
async function withFacts(test: FaultWork): Promise<ConnectPorts> {
  const { home } = test;
  const ports = await keptHere(test);
  replace(test, {
    readServerMeta: (id: string) => readServerMeta(home, id),
    changeServerMeta: (id: string, change: MetaChange) => changeServerMeta(home, id, change),
  });
  return ports;
}

/** The same on a Mac, whose keychain is that of stand-ins for its programs. */
async function onMac(test: FaultWork): Promise<void> {
  const { here, home, world, work } = test;
  const { pfx, passphrase } = here.admin;
  const folder = join(home, 'mac');
  await mkdir(folder);
  const mac = await macInFolder(folder, { curlProxy: here.sandbox.url });
  macs.set(test.world, mac);
  const { keychain } = mac;
  const { registry, keystore } = world;
  const ports = { ...(await withFacts(test)), keychain };
  world.openPanelApi = (entry, signal, evenDead) =>
    connectPanel(entry, { ...ports, evenDead }, signal);
  world.panels.clientCertificates.set(ID, await readP12(pfx, passphrase));
  const keyDesk = withOneKey(
    createKeyDesk({ ...ports, registry, keystore, clock: work.clock, keychain }),
  );
  replace(test, { keychain, keyDesk });
}

/** An order whose answer is lost, and whose effect was not to be seen. */
const withLostOrder =
  (acts: boolean): Scenario['prepare'] =>
  async (test) => {
    await onMac(test);
    const { controls } = test.here.sandbox;
    const dropletId = test.here.droplet.id;
    const call = { kind: 'panel-call', trouble: 'page' } as const;
    const [, path = ''] = MODE.split(' ');
    controls.addDropletFault(
      { ...call, method: 'POST', path: UPGRADE, acts, times: 1 },
      { dropletId },
    );
    // The person's look, the worker's look, and all that come after.
    controls.addDropletFault({ ...call, method: 'GET', path, nth: 3 }, { dropletId });
    controls.addDropletFault(
      { ...call, method: 'GET', path: '/api/onboarding/status', nth: 5 },
      { dropletId },
    );
    const failure = await codeOf(bindCertificate(LABEL, test.work));
    controls.clearFaults();
    const [operation] = await test.world.operations.list();
    if (operation?.status !== 'interrupted') throw new Error(`It was not interrupted: ${failure}`);
  };

async function codeOf(running: Promise<unknown>): Promise<string | undefined> {
  try {
    await running;
    return undefined;
  } catch (error) {
    return error instanceof PortlamaError ? error.code : String(error);
  }
}

/** Resolves where it ends as it must: told with this code. */
const endsWith =
  (code: string): Scenario['run'] =>
  async ({ work }) => {
    try {
      await bindCertificate(LABEL, work);
    } catch (error) {
      if (!(error instanceof PortlamaError) || error.code !== code) throw error;
    }
  };

async function opensWith({ here }: FaultWork, client: ClientFile): Promise<boolean> {
  const answer = await here
    .call({ method: 'GET', path: '/api/onboarding/status', client })
    // A password that does not open the file.
    .catch(() => ({ status: 0 }));
  return answer.status === 200;
}

async function isOpenedByFile(test: FaultWork): Promise<boolean> {
  const { world, home } = test;
  const [entry] = await world.registry.list();
  const pfx = await readServerFile(home, ID, 'client.p12');
  const passphrase = await world.keystore.get(certificatePasswordKey(entry!));
  if (pfx === undefined || passphrase === undefined) return false;
  return await opensWith(test, { pfx, passphrase });
}

async function isOpenedByKey({ world, work }: FaultWork): Promise<boolean> {
  const [entry] = await world.registry.list();
  if (entry?.authMethod !== 'keychain') return false;
  try {
    const { api } = await work.openPanelApi(entry, SIGNAL, true);
    const mode = await api.authMode();
    api.close();
    return mode === 'hardware-bound';
  } catch {
    return false;
  }
}

async function waysIn(test: FaultWork): Promise<Ways> {
  const { here, world, home } = test;
  const [byFile, byKey] = [await isOpenedByFile(test), await isOpenedByKey(test)];
  const isCalledDead = (await readServerMeta(home, ID)).certificateEnded !== undefined;
  const operations = await world.operations.list();
  const isInterrupted = operations.some(({ status }) => status === 'interrupted');
  const keys = (await macs.get(world)?.keys()) ?? 0;
  const { revoked = [] } = JSON.parse(
    here.sandbox.controls.readFile(here.droplet.id, `${PKI}/revoked.json`) ?? '{}',
  ) as { revoked?: readonly unknown[] };
  const isLost = !byFile && !byKey;
  const files = await readdir(join(home, 'servers', ID));
  const secrets = [certificatePasswordKey(EDGE), p12PasswordKey(ID)];
  const kept = await Promise.all(secrets.map((key) => world.keystore.get(key)));
  const isRemembered = kept.some((password) => password !== undefined);
  return {
    isOpenedByFile: byFile,
    isOpenedByKey: byKey,
    isCalledDead,
    isInterrupted,
    wrong: [
      ...(isLost && !isCalledDead ? ['nothing opens the panel, and nothing says so'] : []),
      ...(byFile && byKey ? ['both open the panel'] : []),
      ...(isInterrupted || keys === (byKey ? 1 : 0) ? [] : [`${keys} keys are in the keychain`]),
      ...(isInterrupted || isCalledDead === isLost ? [] : ['its death is told wrongly']),
      ...(byKey && files.includes('client.p12') && !isInterrupted ? ['the dead file is kept'] : []),
      ...(byKey && isRemembered && !isInterrupted ? ['the dead password is kept'] : []),
      // A reset may be run again.
      ...(macs.has(world) && revoked.length > 1 ? [`${revoked.length} are revoked`] : []),
      ...files.filter((name) => name.endsWith('.tmp')).map((name) => `file: ${name}`),
    ],
  };
}

/** A way in that is lost is called so, and what is unfinished is there to be resumed. */
const isKnown: Scenario['check'] = async (test) => (await waysIn(test)).wrong;

/** Bound; or lost with the answer, which is told. */
const isBound: Scenario['check'] = async (test) => {
  const { isOpenedByFile: byFile, isInterrupted, wrong } = await waysIn(test);
  return [
    ...wrong,
    ...(byFile ? ['it is not bound'] : []),
    ...(isInterrupted ? ['an operation is left'] : []),
  ];
};

/** The file is as it was, and may be bound. */
const isAsBefore: Scenario['check'] = async (test) => {
  const { isOpenedByFile: byFile, isInterrupted, wrong } = await waysIn(test);
  return [
    ...wrong,
    ...(byFile ? [] : ['the file does not open the panel']),
    ...(isInterrupted ? ['an operation is left'] : []),
  ];
};

/** A server that a line on its console opens, which the person runs. */
async function onConsole(test: FaultWork): Promise<void> {
  const { here, world, work, home } = test;
  const { sandbox, droplet } = here;
  const ports = await withFacts(test);
  const read = (path: string): string => sandbox.controls.readFile(droplet.id, path) ?? '';
  world.hostKey = read('/etc/ssh/ssh_host_ed25519_key.pub').trim();
  keysBefore.set(world, read(KEYS));
  // Limits of commands are of real time.
  world.workerClock = systemClock;
  world.connect = async ({ server: { ip }, hostKey, privateKey }, signal) => {
    if (privateKey === undefined) throw authenticationFailed(ip, 'root');
    const { dial } = ports;
    const target = { host: ip, port: 22, username: 'root', privateKey, hostKey, dial };
    return await connectSsh(target, { timeoutMs: SSH_MS, signal });
  };
  const lines: string[] = [];
  said.set(world, lines);
  work.face.say = (line) => void lines.push(lineText(line, work.environment));
  work.face.instruct = ({ copy }) => {
    void sandbox.controls.runOnConsole(droplet.id, copy);
    return { dispose: () => undefined };
  };
  const { registry, keystore } = world;
  world.recoverCertificate = (entry, files, signal) =>
    keepRecovered(entry, files, { ...ports, home, registry, keystore, clock: work.clock }, signal);
}

/** A pair opens the panel: the one kept here, or the one on the server, while the kept one is called dead. */
const isOpenable: Scenario['check'] = async (test) => {
  const { isOpenedByFile: byFile, isCalledDead, wrong } = await waysIn(test);
  const { here } = test;
  if (byFile) return wrong;
  const shell = await TestShell.open(here.sandbox, here.droplet);
  const pfx = await shell.read(`${PKI}/client.p12`);
  const passphrase = (await shell.read(`${PKI}/.p12-password`)).toString();
  shell.close();
  const isOnServer = await opensWith(test, { pfx, passphrase });
  return [
    ...wrong,
    ...(isOnServer ? [] : ['the pair on the server opens nothing']),
    ...(isCalledDead ? [] : ['nothing says that the kept pair is dead']),
  ];
};

/** The new pair is the one kept here, and nothing temporary is left on either side. */
const isRecovered: Scenario['check'] = async (test) => {
  const { here, world } = test;
  const { isOpenedByFile: byFile, wrong } = await waysIn(test);
  const keys = here.sandbox.controls.readFile(here.droplet.id, KEYS);
  const isValid = await opensWith(test, here.admin);
  const told = said.get(world)?.find((line) => STAYS_VALID.test(line));
  return [
    ...wrong,
    ...(byFile ? [] : ['the kept pair does not open the panel']),
    ...(isValid && told === undefined
      ? ['the pair from before opens it still, and nothing says so']
      : []),
    ...(!isValid && told?.includes(' stays ') === true ? ['a dead pair is called valid'] : []),
    ...(keys === keysBefore.get(world) ? [] : [`authorized_keys: ${keys}`]),
    ...((await world.keystore.get(loginKey(ID))) === undefined ? [] : ['the login key is kept']),
    ...((await world.operations.list()).length === 0 ? [] : ['an operation is left']),
  ];
};

const recovers: Scenario['run'] = ({ work }) => recoverCertificate(LABEL, {}, work);

export const REPLACED: readonly Scenario[] = [
  {
    name: 'a bound certificate',
    prepare: onMac,
    run: ({ work }) => bindCertificate(LABEL, work),
    calls: {
      [STATUS]: 5,
      [MODE]: 2,
      'GET /api/certs': 2,
      [`POST ${UPGRADE}`]: 1,
    },
    holds: isKnown,
    check: isBound,
    refusals: ['panel-not-openable'],
  },
  {
    name: 'a bound certificate whose answer was lost',
    prepare: withLostOrder(true),
    run: endsWith('binding-lost'),
    calls: { [STATUS]: 2 },
    holds: isKnown,
    check: isBound,
    refusals: ['panel-not-openable'],
  },
  {
    name: 'a bound certificate whose order was lost',
    prepare: withLostOrder(false),
    run: endsWith('binding-not-done'),
    calls: { [STATUS]: 2, [MODE]: 1 },
    holds: isKnown,
    check: isAsBefore,
    untried: BELIEVED,
  },
  {
    name: 'a recovery',
    prepare: onConsole,
    run: recovers,
    calls: { [STATUS]: 1 },
    holds: isOpenable,
    check: isRecovered,
  },
  {
    // The certificate kept here is not the newest: no reset revokes it.
    name: 'a recovery after a rotation',
    async prepare(test) {
      await onConsole(test);
      await test.here.admins('POST', '/api/certs/mtls/rotate');
    },
    run: recovers,
    calls: { [STATUS]: 2 },
    holds: isKnown,
    check: isRecovered,
    untried: BELIEVED,
  },
];
