import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connectProxyDial } from '../../../src/services/network/dial.js';
import { connectPanel } from '../../../src/services/panel/connect-panel.js';
import { certificatePasswordKey } from '../../../src/services/keystore/keystore.js';
import { journalPath } from '../../../src/services/provisioning/journal/journal.js';
import type { Operation } from '../../../src/services/provisioning/operations.js';
import { readServerFile } from '../../../src/services/registry/server-files.js';
import { readServerMeta } from '../../../src/services/registry/server-meta.js';
import { type FakeMac, macInFolder } from '../../fixtures/keychain/mac-in-folder.js';
import { readJournal } from '../../fixtures/read-journal.js';
import type { Cell, CellResult } from '../matrix.js';
import { killedAt } from './cell.js';
import { ID, openPlace, opens, type Place } from './certificates.js';
import type { WorkerProgram } from './crash-world.js';
import { type Answer, type Point, pointsOf } from './points.js';

const WORKER = resolve(import.meta.dirname, 'mac-worker.mjs');
const REVOKED = '/etc/portlama/pki/revoked.json';
const SIGNAL = new AbortController().signal;
/** Ends of a binding that leave no identity: the order did not arrive, or its answer is lost. */
const BAD_ENDS = ['binding-not-done', 'binding-lost'];

/** A worker that binds a certificate is killed at each of its records, and then resumed or cleaned up. */
export async function bindingCells(): Promise<readonly Cell[]> {
  const records = await onMac(async ({ world, server }) => {
    const id = await world.operations.startUpkeep(server, { kind: 'bind' }, {});
    const said = await world.workerEnd();
    const { status, error } = (await world.operations.get(id))!;
    if (status !== 'succeeded') throw new Error(`${status}: ${error?.message ?? ''} ${said}`);
    return ((await readJournal(journalPath(world.home, id))) ?? []).slice(1);
  });
  return pointsOf({ records, calls: [] }).flatMap((point, index) => {
    // Half a record is as good as none.
    if (point.kind === 'record' && point.moment === 'torn') return [];
    const answers: readonly Answer[] = index % 2 === 0 ? ['resume'] : ['resume', 'clean up'];
    return answers.map((answer) => ({
      name: `bind, killed ${point.name}, ${answer}`,
      run: () => killAndAnswer(point, answer),
    }));
  });
}

interface MacPlace extends Place {
  readonly mac: FakeMac;
}

async function onMac<T>(use: (place: MacPlace) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'portlama-mac-'));
  let mac: FakeMac | undefined;
  const place = await openPlace(async (sandboxUrl): Promise<WorkerProgram> => {
    mac = await macInFolder(folder, { curlProxy: sandboxUrl });
    return { main: WORKER, env: { MAC_PROGRAMS: folder } };
  });
  try {
    return await use({ ...place, mac: mac! });
  } finally {
    await place.leave();
    await rm(folder, { recursive: true, force: true });
  }
}

async function killAndAnswer(point: Point, answer: Answer): Promise<CellResult> {
  return await onMac(async (place) => {
    const { world, server } = place;
    const id = await killedAt(world, point, () =>
      world.operations.startUpkeep(server, { kind: 'bind' }, {}),
    );
    const killed = id === undefined ? undefined : await world.operations.get(id);
    // Killed before it wrote anything: nothing began.
    if (killed === undefined)
      return { outcome: 'bind: nothing began', violations: await check(place, undefined) };
    if (killed.status === 'succeeded')
      return { outcome: 'bind: done before the kill', violations: await check(place, killed) };
    if (answer === 'resume') await world.operations.resume(killed.id, {});
    else await world.operations.cancel(killed.id, '');
    const said = await world.workerEnd();
    const after = await world.operations.get(killed.id);
    const { status, error } = after ?? {};
    const isExpected =
      status === 'succeeded' ||
      (status === 'failed' && (answer === 'clean up' || BAD_ENDS.includes(error?.code ?? '')));
    return {
      outcome: `bind: ${answer}, ${status} ${error?.code ?? ''}`.trimEnd(),
      violations: [
        ...(said === '' ? [] : [said]),
        ...(isExpected ? [] : [`it is ${status}: ${error?.message ?? ''}`]),
        ...(await check(place, after)),
      ],
    };
  });
}

/**
 * One of three holds, and what is kept here says which: the file opens the panel and no key is left; the key does and no
 * file is left; or nothing does, which is written down.
 */
async function check(place: MacPlace, after: Operation | undefined): Promise<readonly string[]> {
  const { world, panel, mac } = place;
  const [entry] = await world.registry.list();
  const pfx = await readServerFile(world.home, ID, 'client.p12');
  const passphrase = await world.keystore.get(certificatePasswordKey(entry!));
  const isFileGood =
    pfx !== undefined && passphrase !== undefined && (await opens(panel, { pfx, passphrase }));
  const { certificateEnded } = await readServerMeta(world.home, ID);
  const [keys, isBound] = [await mac.keys(), await isOpenedByKey(place)];
  const isLost = !isFileGood && !isBound;
  const { revoked = [] } = JSON.parse(
    world.sandbox.controls.readFile(panel.droplet.id, REVOKED) ?? '{}',
  ) as { revoked?: readonly unknown[] };
  const folder = await readdir(join(world.home, 'servers', ID));
  return [
    ...(isFileGood && isBound ? ['both open the panel'] : []),
    ...(keys === (isBound ? 1 : 0) ? [] : [`${keys} keys in the keychain`]),
    ...((certificateEnded !== undefined) === isLost ? [] : ['its death is told wrongly']),
    ...(isLost && !saysLost(after) ? ['nothing says that nothing opens the panel'] : []),
    ...(isBound && pfx !== undefined ? ['the dead file is kept'] : []),
    ...(isBound && passphrase !== undefined ? ['the dead password is kept'] : []),
    ...(revoked.length === (isFileGood ? 0 : 1) ? [] : [`${revoked.length} are revoked`]),
    ...folder.filter((name) => name.endsWith('.tmp')).map((name) => `file: ${name}`),
  ];
}

/** A clean-up says so by the mark alone, which the list shows. */
function saysLost(after: Operation | undefined): boolean {
  return (
    after?.status === 'failed' &&
    ['binding-lost', 'cancelled'].includes(after.error?.code ?? 'cancelled')
  );
}

async function isOpenedByKey({ world, server, mac }: MacPlace): Promise<boolean> {
  const [entry = server] = await world.registry.list();
  if (entry.authMethod !== 'keychain') return false;
  const { home, keystore, sandbox } = world;
  const { keychain } = mac;
  const dial = connectProxyDial(sandbox.url);
  try {
    const ports = { home, keystore, keychain, dial, evenDead: true };
    const { api } = await connectPanel(entry, ports, SIGNAL);
    const mode = await api.authMode();
    api.close();
    return mode === 'hardware-bound';
  } catch {
    return false;
  }
}
