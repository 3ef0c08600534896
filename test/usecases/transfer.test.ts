import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createTransferDesk } from '../../src/main/transfer-desk.js';
import { autheliaPasswordKey } from '../../src/services/keystore/keystore.js';
import { readServerFile, writeServerFile } from '../../src/services/registry/server-files.js';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import { Declined } from '../../src/usecases/face.js';
import { exportServers } from '../../src/usecases/export-servers.js';
import { type ImportedServer, importServers } from '../../src/usecases/import-servers.js';
import { EDGE, LAB } from '../app/fakes/fake-world.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import type { Answer } from './scripted-face.js';
import { type TestWork, testWork } from './work.js';

const [EDGE_ONLY, LAB_ONLY] = [EDGE, LAB].map((server): ServerEntry => {
  const { p12Path: _none, ...rest } = server;
  return { ...rest, authMethod: 'keychain' };
});

let folder: string;
let identity: string;
let file: string;
let identityFile: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  [file, identityFile] = [join(folder, 'servers.age'), join(folder, 'key.txt')];
  identity = await generateX25519Identity();
  await writeFile(identityFile, `# made by age-keygen\n${identity}\n`);
});

/** A machine with these servers and real transfer files, and a person who answers by a script. */
function machine(servers: readonly ServerEntry[], ...answers: readonly Answer[]): TestWork {
  const made = testWork({ servers }, ...answers);
  const { registry, keystore, clock } = made.world;
  const transfer = createTransferDesk({ home: folder, registry, keystore, clock });
  return { ...made, work: { ...made.work, transfer } };
}

const actionsOf = (servers: readonly ImportedServer[]): readonly string[] =>
  servers.map(({ action }) => action);

async function exported(servers: readonly ServerEntry[]): Promise<TestWork> {
  const here = machine(servers);
  await here.world.keystore.set(autheliaPasswordKey(EDGE.id), 'of authelia');
  const recipients = await identityToRecipient(identity);
  await exportServers({ file, servers: [], recipients }, here.work);
  return here;
}

const wish = () => ({ file, identity: identityFile, dryRun: false });

describe('exportServers', () => {
  it('says for each server what stays behind, and how the file is used', async () => {
    const { face } = await exported([EDGE_ONLY!]);
    expect(face.said).toEqual([
      'fra1-edge: without its certificate, whose key cannot leave the keychain.',
      `Exported 1 server to ${file}, encrypted.`,
      'It contains certificates and passwords but no API token.',
      expect.stringContaining(`portlama-tui import ${file}`),
    ]);
  });

  it('writes over no file, and refuses an unknown server and an empty list before it asks', async () => {
    await exported([EDGE_ONLY!]);
    const { work } = machine([EDGE_ONLY!]);
    const refused = (servers: readonly string[], to = file) =>
      exportServers({ file: to, servers }, work);
    await expect(refused([])).rejects.toMatchObject({ code: 'file-exists' });
    await expect(refused(['nowhere'])).rejects.toMatchObject({ code: 'server-unknown' });
    const empty = exportServers({ file, servers: [] }, machine([]).work);
    await expect(empty).rejects.toMatchObject({ code: 'no-servers' });
  });
});

it('asks for the file and a new passphrase where none is given, and takes ~ for the home', async () => {
  const passphrase = 'long enough for a person';
  const keep = process.env['HOME'];
  onTestFinished(() => void (process.env['HOME'] = keep));
  process.env['HOME'] = folder;
  const here = machine(
    [EDGE_ONLY!],
    { ask: 'New file', text: '~/own.age' },
    { secret: 'New passphrase of ~/own.age', text: passphrase },
  );
  expect(await exportServers({ file: undefined, servers: [] }, here.work)).toEqual({
    file: '~/own.age',
    servers: [EDGE.label],
  });
  const there = machine(
    [],
    { ask: 'Exported file', text: join(folder, 'own.age') },
    { secret: /^Passphrase of /, text: passphrase },
    { confirm: 'Import 1 server?' },
  );
  await importServers({ file: undefined, dryRun: false }, there.work);
  expect(await there.world.registry.list()).toMatchObject([{ id: EDGE.id }]);
  for (const { face } of [here, there]) face.finish();
});

describe('importServers', () => {
  it('adds what is new with its secrets once it is confirmed by the number', async () => {
    await exported([EDGE_ONLY!]);
    const there = machine([LAB_ONLY!], { confirm: 'Import 1 server?' });
    expect(actionsOf(await importServers(wish(), there.work))).not.toContain('refuse');
    const list = await there.world.registry.list();
    expect(list.map(({ label, active }) => [label, active])).toEqual([
      [LAB.label, LAB.active],
      [EDGE.label, false],
    ]);
    expect(await there.world.keystore.get(autheliaPasswordKey(EDGE.id))).toBe('of authelia');
    expect(there.news).toEqual([{ kind: 'servers-changed' }]);
    there.face.finish();
  });

  it('changes nothing when it is declined or only tried', async () => {
    await exported([EDGE_ONLY!]);
    const declined = machine([], { confirm: 'Import 1 server?', agree: false });
    await expect(importServers(wish(), declined.work)).rejects.toThrow(Declined);
    const tried = machine([]);
    expect(actionsOf(await importServers({ ...wish(), dryRun: true }, tried.work))).not.toContain(
      'refuse',
    );
    for (const { world } of [declined, tried]) {
      expect(await world.registry.list()).toEqual([]);
      expect(await world.keystore.get(autheliaPasswordKey(EDGE.id))).toBeUndefined();
    }
  });

  it('keeps a server that is here unless it is named, and says how it differs', async () => {
    await exported([EDGE_ONLY!]);
    const moved = { ...EDGE_ONLY!, panelUrl: 'https://panel.example.com' };
    const kept = machine([moved]);
    expect(actionsOf(await importServers(wish(), kept.work))).not.toContain('refuse');
    expect(kept.face.said[0]).toBe(
      `fra1-edge: kept as it is here (panel address: https://panel.example.com here, ${EDGE.panelUrl} in the file)`,
    );
    expect(await kept.world.registry.list()).toEqual([moved]);
    const replaced = machine([moved], { confirm: 'Import 1 server?' });
    await importServers({ ...wish(), replace: 'fra1-edge' }, replaced.work);
    expect(await replaced.world.registry.list()).toEqual([EDGE_ONLY]);
  });

  it('leaves out a server whose label another one has, and imports the rest', async () => {
    await exported([EDGE_ONLY!, LAB_ONLY!]);
    const sameLabel = {
      ...LAB_ONLY!,
      id: 'another',
      label: EDGE.label,
      providerId: '1',
      ip: '192.0.2.9',
    };
    const there = machine([{ ...sameLabel, panelUrl: 'https://192.0.2.9:9292' }], {
      confirm: 'Import 1 server?',
    });
    expect(actionsOf(await importServers(wish(), there.work))).toContain('refuse');
    expect(there.face.said[0]).toMatch(/^fra1-edge: not imported\. /);
    expect((await there.world.registry.list()).map(({ id }) => id)).toEqual(['another', LAB.id]);
  });

  it('replaces a server as it is after the question, and not as it was before', async () => {
    await exported([EDGE_ONLY!]);
    const there: TestWork = machine([{ ...EDGE_ONLY!, label: 'box' }, LAB_ONLY!], {
      confirm: 'Import 1 server?',
      meanwhile: () =>
        there.world.registry.changeFromOutside([
          { ...EDGE_ONLY!, label: 'box', active: false },
          { ...LAB_ONLY!, active: true },
        ]),
    });
    await importServers({ ...wish(), replace: 'box' }, there.work);
    const list = await there.world.registry.list();
    expect(list.map(({ label, active }) => [label, active])).toEqual([
      [EDGE.label, false],
      [LAB.label, true],
    ]);
  });

  it('replaces no server by one whose label another has, before or after the question', async () => {
    await exported([EDGE_ONLY!]);
    const present = { ...EDGE_ONLY!, label: 'box' };
    const namesake = { ...LAB_ONLY!, label: EDGE.label };
    const replace = { ...wish(), replace: 'box' };
    const refused = machine([present, namesake]);
    expect(actionsOf(await importServers(replace, refused.work))).toEqual(['refuse']);
    const late: TestWork = machine([present, LAB_ONLY!], {
      confirm: 'Import 1 server?',
      meanwhile: () => late.world.registry.changeFromOutside([present, namesake]),
    });
    await expect(importServers(replace, late.work)).rejects.toMatchObject({ code: 'label-taken' });
    for (const { world } of [refused, late]) {
      expect(await world.registry.list()).toEqual([present, namesake]);
      expect(await world.keystore.get(autheliaPasswordKey(EDGE.id))).toBeUndefined();
    }
  });

  it('writes over nothing of a server that came into the list during the question', async () => {
    await exported([EDGE_ONLY!]);
    const moved = { ...EDGE_ONLY!, panelUrl: 'https://192.0.2.7:9292', providerId: '77' };
    const there: TestWork = machine([], {
      confirm: 'Import 1 server?',
      meanwhile: () => there.world.registry.changeFromOutside([moved]),
    });
    await expect(importServers(wish(), there.work)).rejects.toMatchObject({ code: 'server-known' });
    expect(await there.world.registry.list()).toEqual([moved]);
    expect(await there.world.keystore.get(autheliaPasswordKey(EDGE.id))).toBeUndefined();
  });

  it('carries no certificate whose password is lost, and replaces none by such a one', async () => {
    await writeServerFile(folder, EDGE.id, 'client.p12', 'locked for good');
    const { p12Path: _none, ...edge } = EDGE;
    const { face, work } = await exported([edge]);
    expect(face.said[0]).toBe(
      'fra1-edge: without its certificate, since its file or its password is not here.',
    );
    const [carried] = await work.transfer.read(file, { identity });
    expect(carried!.files).toEqual({});
    const older = { ...carried!, files: { 'client.p12': 'bG9ja2Vk' } };
    const there = machine([edge]);
    await there.work.transfer.keep(older, true);
    const kept = await readServerFile(folder, EDGE.id, 'client.p12');
    expect(kept?.toString()).toBe('locked for good');
  });

  it('refuses a name that the file and this list do not share', async () => {
    await exported([EDGE_ONLY!]);
    const there = machine([LAB_ONLY!]);
    const named = importServers({ ...wish(), replace: 'nyc3-lab' }, there.work);
    await expect(named).rejects.toMatchObject({ code: 'server-unknown' });
    expect(await there.world.registry.list()).toEqual([LAB_ONLY]);
  });
});
