import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ControlCommand } from '../../src/sandbox/control/controls.js';
import { aPerson, type Person } from './person.js';
import { until } from './until.js';

const DOMAIN = 'lab.example.com';
const EXPIRES = /Created a new certificate for lab; it\s+expires \d{4}-\d\d-\d\d\./;

async function steers(person: Person, command: ControlCommand): Promise<unknown> {
  return await (await person.home.sandbox()).perform(command);
}

async function dropletOf(person: Person): Promise<number> {
  const [server] = await person.home.servers();
  return Number(server!.providerId);
}

/** In the list, on a server that takes a key of this person and has its domain. */
async function atASetUpServer(): Promise<{ readonly person: Person; readonly key: string }> {
  const person = await aPerson();
  const { home } = person;
  const key = join(home.path, 'own');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const runs = async (...args: readonly string[]): Promise<void> => {
    const { exitCode, stdout, stderr } = await home.runs([...args, '--sandbox']);
    expect(exitCode, stdout + stderr).toBe(0);
  };
  await runs('provision', '--region', 'fra1', '--label', 'lab', '--ssh-key', `${key}.pub`);
  const [server] = await home.servers();
  for (const name of [DOMAIN, `*.${DOMAIN}`])
    await steers(person, { action: 'setName', name, answer: [server!.ip] });
  const set = ['--domain', DOMAIN, '--email', 'ops@example.com', '--yes', DOMAIN];
  await runs('servers', 'onboard', 'lab', ...set);
  person.opens();
  await person.sees(/lab +ACTIVE +online/);
  return { person, key };
}

async function asksToRecover(person: Person): Promise<void> {
  person.presses('C');
  await person.sees('Recover the certificate of lab?', 'port 9292');
  person.types('lab');
  person.presses('enter');
}

/** A message, or a dialog where it took longer. */
async function readsThatItIsNew(person: Person): Promise<void> {
  await person.sees(EXPIRES);
  person.presses('escape');
  await person.seesNoMore('Created a new certificate for lab');
  await person.sees(/lab +ACTIVE +online/);
}

/** Runs the line that is shown, on the console of the server. */
async function runsTheLine(person: Person): Promise<void> {
  await person.sees('Allow the temporary key on lab', '[ Copy the line ]');
  const folder = join(person.home.portlama, 'operations');
  const line = (): string | undefined =>
    readdirSync(folder)
      .filter((id) => /^[0-9a-f]{16}$/.test(id))
      .map((id) => join(folder, id, 'journal.ndjson'))
      .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
      .filter((record) => record.includes('"event":"instruct"'))
      .map((record) => (JSON.parse(record) as { copy: string }).copy)
      .at(-1);
  await until(() => line() !== undefined, 'the line');
  const dropletId = await dropletOf(person);
  await steers(person, { action: 'runOnConsole', dropletId, command: line()! });
}

it('renews a certificate, and recovers it by a key of the person and by the console', async () => {
  const { person, key } = await atASetUpServer();
  person.presses('c');
  await person.sees('[ Renew admin certificate ]');
  person.presses('right', 'enter');
  await person.sees('Renew the admin certificate of lab?');
  person.presses('right', 'enter');
  await person.sees('The old one stays valid until', '› Close ‹');
  person.presses('enter');
  await person.seesNoMore('The old one stays valid until');

  const [{ id } = { id: '' }] = await person.home.servers();
  const p12 = join(person.home.portlama, 'servers', id, 'client.p12');
  rmSync(p12);
  await asksToRecover(person);
  await readsThatItIsNew(person);

  // Without that key the console is the way.
  rmSync(key);
  rmSync(`${key}.pub`);
  await asksToRecover(person);
  await runsTheLine(person);
  await person.seesNoMore('[ Copy the line ]');
  await readsThatItIsNew(person);
  const path = '/root/.ssh/authorized_keys';
  const keys = await steers(person, {
    action: 'readFile',
    dropletId: await dropletOf(person),
    path,
  });
  expect(keys).not.toContain('portlama-recover');
  person.presses('q');
  await person.isBack();
});

it('tells an update that changes nothing, one that succeeds, and one that leaves the panel down', async () => {
  const { person } = await atASetUpServer();
  const dropletId = await dropletOf(person);
  const updates = async (
    panelServer: string,
    when?: 'before-stop' | 'after-stop',
  ): Promise<void> => {
    await steers(person, { action: 'publish', panelServer });
    if (when !== undefined) {
      const fault = { kind: 'update-fails', when } as const;
      await steers(person, { action: 'addDropletFault', fault, target: { dropletId } });
    }
    person.presses('U');
    await person.sees('Update the panel of lab?', `${panelServer} is the newest`);
    person.presses('right', 'enter');
  };
  await updates('0.1.31', 'before-stop');
  await person.sees('Nothing happened on lab', 'journalctl');
  await steers(person, { action: 'clearFaults' });
  person.presses('escape');
  await person.seesNoMore('Nothing happened');
  await updates('0.1.31');
  await person.sees(/The panel of lab is updated: 0\.1\.30 →\s+0\.1\.31\./);
  await updates('0.1.32', 'after-stop');
  await person.sees('did not come back', 'systemctl start portlama-panel');
});
