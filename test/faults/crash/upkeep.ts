import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { journalPath } from '../../../src/services/provisioning/journal/journal.js';
import type {
  JournalRecord,
  UpkeepWork,
} from '../../../src/services/provisioning/journal/records.js';
import { autheliaPasswordKey, p12PasswordKey } from '../../../src/services/keystore/keystore.js';
import type { ServerEntry } from '../../../src/services/registry/registry.js';
import { writeServerFile } from '../../../src/services/registry/server-files.js';
import { DOMAIN, PanelWorld } from '../../contract/panel-world.js';
import { readJournal } from '../../fixtures/read-journal.js';
import { NO_DELAYS } from '../../fixtures/no-delays.js';
import { EDGE } from '../../app/fakes/fake-world.js';
import type { Cell, CellResult } from '../matrix.js';
import { killedAt } from './cell.js';
import { type CrashWorld, openCrashWorld } from './crash-world.js';
import { type Point, pointsOf } from './points.js';

type Kind = 'onboard' | 'update';

const KINDS: readonly Kind[] = ['onboard', 'update'];
const EMAIL = 'ops@example.com';
const ONBOARD = ['servers', 'onboard', EDGE.label, '--domain', DOMAIN, '--email', EMAIL];
const UPDATE = ['servers', 'update', EDGE.label, '--version', '1.0.53'];
const NEWEST = '0.1.31';
/** Of the many records that only tell progress, every so many. */
const PROGRESS_STRIDE = 4;
const PROGRESS: readonly JournalRecord['event'][] = ['tasks', 'names', 'looked', 'waiting', 'log'];

/** The worker of each work on a server is killed at each record of its journal; then the person repeats the command. */
export async function upkeepCells(): Promise<readonly Cell[]> {
  return (await Promise.all(KINDS.map(cellsOf))).flat();
}

async function cellsOf(kind: Kind): Promise<readonly Cell[]> {
  const records = await inWorld(kind, async ({ world, server }) => {
    const id = await world.operations.startUpkeep(server, workOf(kind, server), {});
    await world.workerEnd();
    // The first record is its starter's.
    return ((await readJournal(journalPath(world.home, id))) ?? []).slice(1);
  });
  const isTold = (point: Point): boolean => {
    const { event } = records[point.number - 1]!;
    const isProgress = PROGRESS.includes(event);
    if (point.kind !== 'record' || !isProgress) return true;
    return point.moment === 'after' && point.number % PROGRESS_STRIDE === 0;
  };
  return pointsOf({ records, calls: [] })
    .filter(isTold)
    .map((point) => ({
      name: `${kind}, killed ${point.name}`,
      run: () => killAndRepeat(kind, point),
    }));
}

interface Here {
  readonly world: CrashWorld;
  readonly panel: PanelWorld;
  readonly server: ServerEntry;
}

async function killAndRepeat(kind: Kind, point: Point): Promise<CellResult> {
  return await inWorld(kind, async (here) => {
    const { world, server } = here;
    const id = await killedAt(world, point, () =>
      world.operations.startUpkeep(server, workOf(kind, server), {}),
    );
    if (kind === 'onboard') return await repeatOnboarding(here);
    const killed = id === undefined ? undefined : await world.operations.get(id);
    // A version that is named again would be installed again.
    if (killed?.status === 'succeeded')
      return { outcome: 'updated before the kill', violations: await updatedOnce(here) };
    return await repeatUpdate(here);
  });
}

export async function repeatOnboarding(here: Here): Promise<CellResult> {
  const { world, panel, server } = here;
  const first = await world.command(ONBOARD);
  // Another machine may have the login that was set up out of sight: it is replaced once that is agreed to.
  const isUnknown = first.stdout.includes('--yes new-password');
  const last = isUnknown ? await world.command([...ONBOARD, '--yes', 'new-password']) : first;
  const { exitCode, stdout, stderr } = last;
  const password = (await world.keystore.get(autheliaPasswordKey(server.id))) ?? '';
  const [entry] = await world.registry.list();
  const { controls } = panel.sandbox;
  return {
    outcome: /A new password was set/.test(stdout) ? 'set up, with a new password' : 'set up',
    violations: [
      ...(exitCode === 0 ? [] : [`exit code ${exitCode}: ${stderr} ${stdout.slice(-500)}`]),
      ...(controls.tryLogin(panel.droplet.id, 'admin', password)
        ? []
        : ['the stored password does not log in']),
      ...(stdout.includes(password) ? [] : ['the password is not shown']),
      ...(entry?.panelUrl === `https://panel.${DOMAIN}` ? [] : ['the list lacks its domain']),
      ...sentTwice(panel, 'POST /api/onboarding/provision'),
      ...(await left(here, password)),
    ],
  };
}

async function repeatUpdate(here: Here): Promise<CellResult> {
  const { world } = here;
  const first = await world.command(UPDATE);
  // The order was in the journal and not sent yet: it is not sent by itself, and the person is told.
  const isUnsent =
    first.exitCode === 1 && /^Nothing happened on /m.test(first.stdout + first.stderr);
  const last = isUnsent ? await world.command(UPDATE) : first;
  return {
    outcome: isUnsent ? 'updated by a second command' : 'updated',
    violations: [
      ...(last.exitCode === 0
        ? []
        : [`exit code ${last.exitCode}: ${last.stderr} ${last.stdout.slice(-500)}`]),
      ...(await updatedOnce(here)),
      ...(await left(here, undefined)),
    ],
  };
}

async function updatedOnce({ panel }: Here): Promise<readonly string[]> {
  const { version } = (await panel.admins('GET', '/api/health')) as { version: string };
  return [
    ...(version === NEWEST ? [] : [`it is at ${version}`]),
    ...sentTwice(panel, 'POST /api/system/update'),
  ];
}

function sentTwice({ sandbox, droplet }: PanelWorld, call: string): readonly string[] {
  const count = sandbox.controls.panelCalls(droplet.id).filter((each) => each === call).length;
  return count === 1 ? [] : [`sent ${count} times: ${call}`];
}

/** Operations and temporary files that are left, and files that have the password. A stale lock is taken over. */
async function left({ world }: Here, password: string | undefined): Promise<readonly string[]> {
  const names = await readdir(world.home, { recursive: true });
  const isLeft = (name: string): boolean =>
    /^operations\/.*ndjson$/.test(name) || name.endsWith('.tmp');
  const found: string[] = names.filter(isLeft).map((name) => `file: ${name}`);
  if (password === undefined || password === '') return found;
  for (const name of names) {
    const text = await readFile(join(world.home, name), 'latin1').catch(() => '');
    if (text.includes(password)) found.push(`the password is in ${name}`);
  }
  return found;
}

export function workOf(kind: Kind, { ip }: ServerEntry): UpkeepWork {
  return kind === 'update'
    ? { kind, version: '1.0.53', before: '0.1.30' }
    : { kind, domainName: DOMAIN, address: ip, again: false, dnsWaitMs: 60_000 };
}

/** A server in the list, whose panel is where the work begins. */
export async function inWorld<T>(kind: Kind, act: (here: Here) => Promise<T>): Promise<T> {
  const world = await openCrashWorld('sandbox', {
    delays: NO_DELAYS,
    restartSshDuringInstall: false,
  });
  try {
    const { home, keystore, registry, sandbox } = world;
    const panel = await PanelWorld.within(sandbox);
    const { address, id } = panel.droplet;
    const pin = await panel.exec('cat /etc/portlama/pki/self-signed.pem');
    const p12Path = await writeServerFile(home, EDGE.id, 'client.p12', panel.admin.pfx);
    await writeServerFile(home, EDGE.id, 'panel.pem', Buffer.from(pin));
    await keystore.set(p12PasswordKey(EDGE.id), panel.admin.passphrase);
    const panelUrl = `https://${address}:9292`;
    const server = { ...EDGE, ip: address, providerId: String(id), panelUrl, p12Path };
    await registry.save(server);
    if (kind === 'onboard') {
      panel.pointNames();
      const body = { domain: DOMAIN, email: EMAIL };
      await panel.admins('POST', '/api/onboarding/domain', { body });
    } else {
      await panel.onboard();
      sandbox.controls.publish(NEWEST);
    }
    return await act({ world, panel, server });
  } finally {
    await world.close();
  }
}
