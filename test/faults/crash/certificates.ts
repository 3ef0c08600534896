import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerEntry } from '../../../src/services/registry/registry.js';
import {
  certificatePasswordKey,
  loginKey,
  p12PasswordKey,
} from '../../../src/services/keystore/keystore.js';
import { journalPath } from '../../../src/services/provisioning/journal/journal.js';
import type { UpkeepWork } from '../../../src/services/provisioning/journal/records.js';
import type { Operation } from '../../../src/services/provisioning/operations.js';
import { readServerMeta } from '../../../src/services/registry/server-meta.js';
import { readServerFile, writeServerFile } from '../../../src/services/registry/server-files.js';
import { type ClientFile, PanelWorld } from '../../contract/panel-world.js';
import { NO_DELAYS } from '../../fixtures/no-delays.js';
import { readJournal } from '../../fixtures/read-journal.js';
import { TestShell } from '../../sandbox/droplet-fixture.js';
import type { Cell, CellResult } from '../matrix.js';
import { killedAt } from './cell.js';
import { type CrashWorld, openCrashWorld } from './crash-world.js';
import { type Answer, type Point, pointsOf, type Trace } from './points.js';

const KINDS = ['renew', 'recover'] as const;
type Kind = (typeof KINDS)[number];

const WORK: Readonly<Record<Kind, UpkeepWork>> = {
  renew: { kind: 'renew' },
  recover: { kind: 'recover', way: 'console' },
};
export const ID = '11111111-2222-4333-8444-555555555555';
const KEYS = '/root/.ssh/authorized_keys';
const PKI = '/etc/portlama/pki';
const LOOK_MS = 15;
const FILES = ['client.p12', 'host-key.pub', 'known_hosts', 'meta.json', 'panel.pem'];

/** Each worker that changes a certificate is killed at each of its records, and then resumed or cleaned up. */
export async function certificateCells(): Promise<readonly Cell[]> {
  return (await Promise.all(KINDS.map(cellsOf))).flat();
}

async function cellsOf(kind: Kind): Promise<readonly Cell[]> {
  const points = pointsOf({ records: await trace(kind), calls: [] });
  return points.flatMap((point, index) => {
    const answers: readonly Answer[] =
      kind === 'recover' && index % 2 === 1 ? ['resume', 'clean up'] : ['resume'];
    return answers.map((answer) => ({
      name: `${kind}, killed ${point.name}, ${answer}`,
      run: () => killAndAnswer(kind, point, answer),
    }));
  });
}

/** A set-up server with its certificate, in a world whose workers are real. */
export interface Place {
  readonly world: CrashWorld;
  readonly panel: PanelWorld;
  readonly server: ServerEntry;
  /** authorized_keys of the droplet before anything began. */
  readonly keys: string;
  /** Ends the person, who runs each line that is shown on the console. */
  leave(): Promise<void>;
}

export async function openPlace(program?: Parameters<typeof openCrashWorld>[2]): Promise<Place> {
  const options = { delays: NO_DELAYS, restartSshDuringInstall: false };
  const world = await openCrashWorld('sandbox', options, program);
  const panel = await PanelWorld.within(world.sandbox);
  await panel.onboard();
  const { id: dropletId, address } = panel.droplet;
  const { controls } = world.sandbox;
  const read = (path: string): string => controls.readFile(dropletId, path) ?? '';
  const p12Path = await writeServerFile(world.home, ID, 'client.p12', panel.admin.pfx);
  await writeServerFile(world.home, ID, 'panel.pem', read(`${PKI}/self-signed.pem`));
  await writeServerFile(world.home, ID, 'host-key.pub', read('/etc/ssh/ssh_host_ed25519_key.pub'));
  await world.keystore.set(p12PasswordKey(ID), panel.admin.passphrase);
  const server: ServerEntry = {
    id: ID,
    label: 'edge',
    panelUrl: `https://${address}:9292`,
    ip: address,
    provider: 'digitalocean',
    providerId: String(dropletId),
    region: 'fra1',
    createdAt: new Date().toISOString(),
    active: true,
    authMethod: 'p12',
    p12Path,
  };
  await world.registry.save(server);
  const done = new Set<string>();
  // The world may be closed under it.
  const timer = setInterval(() => {
    runLines(world, dropletId, done).catch(() => undefined);
  }, LOOK_MS);
  return {
    world,
    panel,
    server,
    keys: read(KEYS),
    async leave() {
      clearInterval(timer);
      await world.close();
    },
  };
}

/** The person runs each line once: what was shown again was run again. */
async function runLines(world: CrashWorld, dropletId: number, done: Set<string>): Promise<void> {
  for (const { id } of await world.operations.list().catch(() => [])) {
    const records = (await readJournal(journalPath(world.home, id)).catch(() => [])) ?? [];
    for (const record of records) {
      if (record.event !== 'instruct' || done.has(`${record.at}`)) continue;
      done.add(`${record.at}`);
      await world.sandbox.controls.runOnConsole(dropletId, record.copy);
    }
  }
}

async function trace(kind: Kind): Promise<Trace['records']> {
  const place = await openPlace();
  try {
    const id = await start(place, kind);
    await place.world.workerEnd();
    const violations = [...(await checkEnded(place)), ...(await checkKept(place, kind, undefined))];
    if (violations.length > 0) throw new Error(violations.join(', '));
    return ((await readJournal(journalPath(place.world.home, id))) ?? []).slice(1);
  } finally {
    await place.leave();
  }
}

function start({ world, server }: Place, kind: Kind): Promise<string> {
  return world.operations.startUpkeep(server, WORK[kind], {});
}

async function killAndAnswer(kind: Kind, point: Point, answer: Answer): Promise<CellResult> {
  const place = await openPlace();
  const { world } = place;
  try {
    const id = await killedAt(world, point, () => start(place, kind));
    const killed = id === undefined ? undefined : await world.operations.get(id);
    // Killed before it wrote anything: nothing began.
    if (killed === undefined)
      return {
        outcome: `${kind}: nothing began`,
        violations: await checkKept(place, kind, killed),
      };
    const before = await checkKept(place, kind, killed);
    if (killed.status === 'succeeded')
      return {
        outcome: `${kind}: done before the kill`,
        violations: [...before, ...(await checkEnded(place))],
      };
    if (answer === 'resume') await world.operations.resume(killed.id, {});
    else await world.operations.cancel(killed.id, '');
    const said = await world.workerEnd();
    const after = await world.operations.get(killed.id);
    const expected = answer === 'resume' ? 'succeeded' : 'failed';
    return {
      outcome: `${kind}: ${answer}`,
      violations: [
        ...before,
        ...(said === '' ? [] : [said]),
        ...(after?.status === expected
          ? []
          : [`it is ${after?.status}: ${after?.error?.message ?? ''}`]),
        ...(await checkEnded(place)),
        ...(await checkKept(place, kind, answer === 'resume' ? undefined : after)),
      ],
    };
  } finally {
    await place.leave();
  }
}

/**
 * A pair opens the panel, and is known: the one kept here, always so in a renewal; or after the reset of a recovery that
 * has not ended, the one on the server, while it is written down here that the kept one is dead.
 */
async function checkKept(
  { world, panel, server }: Place,
  kind: Kind,
  operation: Operation | undefined,
): Promise<readonly string[]> {
  const [entry = server] = await world.registry.list();
  const pfx = await readServerFile(world.home, ID, 'client.p12');
  const passphrase = await world.keystore.get(certificatePasswordKey(entry));
  const { certificateEnded } = await readServerMeta(world.home, ID);
  if (pfx === undefined || passphrase === undefined) return ['the kept pair is gone'];
  if (await opens(panel, { pfx, passphrase }))
    return operation === undefined && certificateEnded !== undefined
      ? ['the kept pair is called dead']
      : [];
  if (kind === 'renew' || operation === undefined) return ['the kept pair opens nothing'];
  const shell = await TestShell.open(world.sandbox, panel.droplet);
  const onServer = {
    pfx: await shell.read(`${PKI}/client.p12`),
    passphrase: (await shell.read(`${PKI}/.p12-password`)).toString(),
  };
  shell.close();
  return [
    ...((await opens(panel, onServer)) ? [] : ['the pair on the server opens nothing']),
    ...(certificateEnded === undefined ? ['nothing says that the kept pair is dead'] : []),
  ];
}

export async function opens(panel: PanelWorld, client: ClientFile): Promise<boolean> {
  try {
    const { status } = await panel.call({
      method: 'GET',
      path: '/api/certs/auto-renew-status',
      client,
    });
    return status === 200;
  } catch {
    // A password that does not open the file.
    return false;
  }
}

/** No key logs in any more, and nothing temporary is kept here. */
async function checkEnded({ world, panel, keys }: Place): Promise<readonly string[]> {
  const left = world.sandbox.controls.readFile(panel.droplet.id, KEYS);
  const files = await readdir(join(world.home, 'servers', ID));
  return [
    ...(left === keys ? [] : [`authorized_keys: ${left}`]),
    ...((await world.keystore.get(loginKey(ID))) === undefined ? [] : ['the login key is kept']),
    ...files.filter((name) => !FILES.includes(name)).map((name) => `file: ${name}`),
  ];
}
