import { expect, it } from 'vitest';
import { freshHome, type Home } from './home.js';
import { aPerson, type Person } from './person.js';
import { until } from './until.js';

const MANAGED = 'portlama:managed';

it('adopts one unlisted droplet and destroys another', async () => {
  const { person, home } = await withServer('edge');
  const kept = await addUnlisted(home, 'portlama-kept');
  await addUnlisted(home, 'portlama-lost');
  await addUnlisted(home, 'web-1', ['production']);
  person.presses('r');
  await person.isTold('2 unlisted droplets, $8/month.');
  await person.sees(/· .*2 unlisted/);
  await person.doesNotSee('web-1');
  person.presses('down');
  await person.sees(/› ▲ +portlama-kept +unlisted/, `Droplet ${kept}, fra1`, '⏎ adopt');
  person.presses('enter');
  await person.sees('Adopt portlama-kept?', 'certificate needed', 'portlama-reset-admin', '› No ‹');
  // Enter where the focus is first changes nothing.
  person.presses('enter');
  await person.seesNoMore('Adopt portlama-kept?');
  person.presses('A');
  await person.sees('Adopt portlama-kept?');
  person.presses('tab', 'enter');
  await person.sees('Label of portlama-kept', /Label .*kept/);
  person.presses('enter');
  await person.sees('Adopted kept', '/etc/portlama/pki/client.p12', 'portlama-reset-admin');
  person.presses('escape');
  await person.seesNoMore('/etc/portlama/pki');
  await person.sees(/▲ +kept +cert\. needed/, '2 servers', '1 unlisted');
  expect(await labels(home)).toEqual(['edge', 'kept']);
  person.presses('G', 'd');
  await person.sees('Destroy portlama-lost?', 'stops costing $4/month', 'Type portlama-lost');
  person.types('portlama');
  await person.sees('› portlama', '› No ‹');
  person.types('-lost');
  await person.sees('› portlama-lost', '› Destroy ‹');
  person.presses('enter');
  await person.isTold('Destroyed portlama-lost');
  await person.sees('2 servers · 1 needs attention');
  await person.doesNotSee('unlisted ');
  expect(await dropletNames(home)).toEqual(['portlama-edge', 'portlama-kept', 'web-1']);
  expect(await labels(home)).toEqual(['edge', 'kept']);
  person.presses('q');
  await person.isBack();
});

it('sees unlisted droplets at the start; one that loses the managed tag is never destroyed', async () => {
  const { person, home } = await withServer('edge', { unlisted: ['portlama-lost'] });
  await person.sees(/▲ +portlama-lost +unlisted/, '1 unlisted');
  // Another message may have come over the one about it; the log has both.
  person.presses('L');
  await person.sees('Unlisted droplet: portlama-lost, $4/month');
  person.presses('escape');
  await person.seesNoMore('Unlisted droplet: ');
  person.presses('G');
  await person.seesNoMore('while you were away');
  await person.seesScreen('unlisted-at-the-start');
  person.presses('d');
  await person.sees('Type portlama-lost');
  const [dropletId] = await unlistedIds(home, 'portlama-lost');
  const sandbox = await home.sandbox();
  await sandbox.perform({ action: 'removeTag', dropletId: dropletId!, tag: MANAGED });
  person.types('portlama-lost');
  await person.sees('› portlama-lost', '› Destroy ‹');
  person.presses('enter');
  await person.sees('Destroying portlama-lost failed', MANAGED);
  person.presses('enter');
  await person.seesNoMore('portlama-lost');
  await person.sees('1 server · 1 online');
  expect(await dropletNames(home)).toEqual(['portlama-edge', 'portlama-lost']);
});

it('is told that a droplet is gone, and takes its server off the list', async () => {
  const { person, home } = await withServer('edge');
  const [server] = await home.servers();
  const sandbox = await home.sandbox();
  await sandbox.perform({ action: 'vanish', dropletId: Number(server?.providerId) });
  person.presses('r');
  await person.sees(/✖ +edge +ACTIVE +droplet is gone/, 'Press d to remove it', 'd remove');
  person.presses('d');
  await person.sees('Remove edge from the list?', 'nothing to destroy', '› No ‹');
  person.types('edge');
  await person.sees('› edge', '› Remove ‹');
  person.presses('enter');
  await person.isTold('Removed edge');
  await person.sees('No servers yet');
  expect(await home.servers()).toEqual([]);
  // Secrets go last, when the entry is off the list.
  const kept = async () =>
    (await sandbox.state()).secrets.filter(({ service }) => service === 'com.portlama.server');
  await expect.poll(kept).toEqual([]);
});

it('is shown the droplet of an interrupted provisioning in its row, and not as an unlisted droplet', async () => {
  const person = await aPerson({ delays: 1 });
  await person.startsAServer('lab');
  const isCreated = async () => (await dropletNames(person.home)).includes('portlama-lab');
  await until(isCreated, 'the droplet');
  for (const pid of await person.home.workers()) process.kill(pid, 'SIGKILL');
  await person.sees('interrupted');
  person.presses('q');
  await person.sees(/▲ +lab +interrupted/);
  person.presses('r');
  await person.sees(/▲ +lab +interrupted/);
  // DigitalOcean lists a new droplet by its tag only after some seconds.
  const list = async () => (await person.home.runs(['--sandbox', 'strays'])).stdout;
  const belongs = 'belongs to a provisioning that is interrupted';
  await expect.poll(list, { timeout: 20_000 }).toContain(belongs);
  await person.doesNotSee('unlisted');
});

async function withServer(
  label: string,
  { unlisted = [] }: { readonly unlisted?: readonly string[] } = {},
): Promise<{ readonly person: Person; readonly home: Home }> {
  const home = await freshHome();
  await home.hasServers(label);
  for (const name of unlisted) await addUnlisted(home, name);
  const person = await aPerson({ home });
  person.opens();
  await person.sees('1 online');
  return { person, home };
}

async function addUnlisted(
  home: Home,
  name: string,
  tags: readonly string[] = [MANAGED],
): Promise<number> {
  const sandbox = await home.sandbox();
  return (await sandbox.perform({ action: 'addUnlisted', name, tags: [...tags] })) as number;
}

async function existing(home: Home): Promise<readonly { id: number; name: string }[]> {
  const { droplets } = await (await home.sandbox()).state();
  return droplets.filter(({ team, deleted }) => team === 'sandbox' && !deleted);
}

async function dropletNames(home: Home): Promise<readonly string[]> {
  return (await existing(home)).map(({ name }) => name);
}

async function unlistedIds(home: Home, name: string): Promise<readonly number[]> {
  return (await existing(home)).filter((each) => each.name === name).map(({ id }) => id);
}

async function labels(home: Home): Promise<readonly string[]> {
  return (await home.servers()).map(({ label }) => label);
}
