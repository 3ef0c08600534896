import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { regionsAreFarApart } from './circumstances.js';
import type { Home } from './home.js';
import { aPerson, aPersonWith } from './person.js';

it('makes another server the active one', async () => {
  const person = await aPersonWith('edge', 'lab');
  const { home } = person;
  await person.sees(/lab +ACTIVE/);
  person.presses('up', 'up', 's');
  await person.isTold('edge is now the active server.');
  await person.sees(/edge +ACTIVE/);
  expect((await home.servers()).map(({ label, active }) => [label, active])).toEqual([
    ['edge', true],
    ['lab', false],
  ]);
  // On its page as well; `u` undoes it.
  person.presses('enter');
  await person.sees('portlama › edge', 'u undo');
  person.presses('u');
  await person.isTold('lab is now the active server.');
  person.presses('escape');
  await person.sees(/lab +ACTIVE/, 'portlama › Servers');
  person.presses('q');
  await person.isBack();
});

it('destroys a server once its label is typed, and everything that was kept of it', async () => {
  const person = await aPersonWith('edge');
  const { home } = person;
  person.presses('d');
  await person.sees('Destroy edge?', 'Type edge to confirm', '[ Destroy ]');
  // Enter where the focus is first does nothing to the server.
  person.presses('enter');
  await person.seesNoMore('Destroy edge?');
  person.presses('d');
  await person.sees('Type edge to confirm');
  person.types('edgy');
  await person.sees('› edgy', '› No ‹');
  person.presses('enter');
  await person.sees('Type edge to confirm, not "edgy"');
  person.presses('tab');
  await person.sees('› Destroy ‹');
  person.presses('enter');
  await person.sees('Destroy edge?');
  expect(await home.servers()).toHaveLength(1);
  person.presses('escape');
  await person.seesNoMore('Destroy edge?');
  person.presses('d');
  await person.sees('Type edge to confirm');
  person.types('edge');
  await person.sees('› edge', '› Destroy ‹');
  person.presses('enter');
  await person.isTold('Destroyed edge');
  await person.sees('No servers yet');
  const sandbox = await home.sandbox();
  // Secrets go last, when the entry is off the list.
  const kept = async () =>
    (await sandbox.state()).secrets.filter(({ service }) => service === 'com.portlama.server');
  await expect.poll(kept).toEqual([]);
  const { droplets } = await sandbox.state();
  expect(droplets.filter(({ team, deleted }) => team === 'sandbox' && !deleted)).toEqual([]);
  expect(await home.servers()).toEqual([]);
});

it('does not destroy a droplet whose tag was taken away, says why, and keeps the entry', async () => {
  const person = await aPersonWith('edge');
  const { home } = person;
  const sandbox = await home.sandbox();
  const dropletId = await dropletOf(home);
  await sandbox.perform({ action: 'removeTag', dropletId, tag: 'portlama:managed' });
  person.presses('d');
  await person.sees('Type edge to confirm');
  person.types('edge');
  await person.sees('› edge', '› Destroy ‹');
  person.presses('enter');
  await person.sees('edge was not destroyed', 'portlama:managed');
  await person.seesScreen('servers-destroy-refused');
  person.presses('enter');
  await person.sees(/edge +ACTIVE/);
  const { droplets } = await sandbox.state();
  expect(droplets.find(({ id }) => id === dropletId)?.deleted).toBe(false);
  expect(await home.servers()).toHaveLength(1);
});

it('takes a server that was added by hand off the list, and touches nothing else', async () => {
  const person = await aPersonWith('edge');
  const { home } = person;
  await addByHand(home, 'old-box');
  await person.sees(/old-box +cert\. needed/, '2 servers');
  person.presses('G', 'd');
  await person.sees('Remove old-box from the list?', 'keeps running', '› No ‹');
  person.presses('enter');
  await person.seesNoMore('Remove old-box');
  person.presses('d');
  await person.sees('› No ‹');
  person.presses('tab', 'enter');
  await person.isTold('Removed old-box;');
  await person.sees('1 server');
  expect((await home.servers()).map(({ label }) => label)).toEqual(['edge']);
});

it('shows that a panel is down and why, and that it is back', async () => {
  const person = await aPersonWith('edge');
  const { home } = person;
  const sandbox = await home.sandbox();
  const dropletId = await dropletOf(home);
  await sandbox.perform({ action: 'setPanel', dropletId, state: 'absent' });
  await sandbox.perform({ action: 'dropConnections', dropletId });
  person.presses('r');
  await person.sees(/✖ +edge +ACTIVE +offline/, 'offline, just now', '0 online');
  await sandbox.perform({ action: 'setPanel', dropletId, state: 'server-down' });
  person.presses('r');
  await person.sees(/502|not running/);
  await sandbox.perform({ action: 'setPanel', dropletId, state: 'up' });
  person.presses('r');
  await person.sees(/● +edge +ACTIVE +online/, '1 online');
});

it('says that the certificate of a panel changed', async () => {
  const person = await aPersonWith('edge');
  const { home } = person;
  const sandbox = await home.sandbox();
  const dropletId = await dropletOf(home);
  await sandbox.perform({ action: 'renewPanelCertificate', dropletId });
  await sandbox.perform({ action: 'dropConnections', dropletId });
  person.presses('r');
  await person.sees(/✖ +edge +ACTIVE +cert\. changed/);
});

it('shows at once what another program does to the list', async () => {
  const person = await aPersonWith('edge');
  const { home } = person;
  const other = await aPerson({ home });
  other.opens();
  await other.sees(/edge +ACTIVE +online/);
  await addByHand(home, 'old-box');
  await person.sees('old-box');
  await other.sees('old-box');
  other.presses('G', 's');
  await other.sees(/old-box +ACTIVE/);
  await person.sees(/old-box +ACTIVE/);
});

it('lets one provisioning go on at a time, and shows it in every window', async () => {
  const person = await aPerson({ delays: 1 });
  await person.startsAServer('lab');
  const other = await aPerson({ home: person.home });
  other.opens();
  await other.sees(/lab +provisioning \d+\/11/);
  await regionsAreFarApart(other);
  await other.opensTheWizardAndCreates('second');
  await other.sees('Another provisioning operation is in progress (lab).');
  await other.seesScreen('servers-in-progress');
  await person.seesItThrough('lab');
  await other.terminal.kill();
});

async function dropletOf(home: Home): Promise<number> {
  const [server] = await home.servers();
  return Number(server?.providerId);
}

/** As the desktop app does it: the file is written anew. The panel of a documentation address answers nobody. */
async function addByHand(home: Home, label: string): Promise<void> {
  const file = join(home.portlama, 'servers.json');
  const entries = JSON.parse(await readFile(file, 'utf8')) as object[];
  const entry = {
    id: '6b0a4a5e-6a3b-4d52-9a0e-2f1f9f0f7c11',
    label,
    panelUrl: 'https://198.51.100.7:9292',
    ip: '198.51.100.7',
    createdAt: '2026-01-05T10:00:00.000Z',
    active: false,
    authMethod: 'p12',
  };
  await writeFile(file, JSON.stringify([...entries, entry], undefined, 2));
}
