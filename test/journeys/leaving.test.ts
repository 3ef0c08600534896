import { expect, it } from 'vitest';
import { aptIsLocked } from './circumstances.js';
import { aPerson, type Person } from './person.js';
import { until } from './until.js';

/** Long enough to go away and come back. */
const DELAYS = 0.3;
/** Long enough to kill a worker. */
const APT_LOCKED_MS = 3_000;

it('goes on in the background, and Enter on its row comes back to it', async () => {
  const person = await aPerson({ delays: DELAYS });
  await person.startsAServer('lab');
  person.presses('b');
  await person.isTold('lab continues in the background. Enter on its row reopens it.');
  await person.sees(/◐ +lab +provisioning \d+\/11/, '1 being created');
  person.presses('enter');
  await person.sees('lab › Provisioning', 'Steps', 'background');
  await person.seesItThrough('lab');
});

it('asks before it quits, says that the work goes on, and shows it live at the next start', async () => {
  const person = await aPerson({ delays: DELAYS });
  await person.startsAServer('lab');
  person.presses('b');
  await person.sees(/lab +provisioning/);
  person.presses('q');
  await person.sees('Quit?', 'Creating lab continues in the background.', '› Stay ‹');
  person.presses('enter');
  await person.seesNoMore('Quit?');
  person.presses('q');
  await person.sees('› Stay ‹');
  person.presses('tab', 'enter');
  await person.isBack();
  // 80 columns break the line.
  await person.terminal.waitFor(/The work continues in the background[^]*attach [0-9a-f]{16}/);
  await comesBack(person);
});

it('goes on when Ctrl-C ends the program, and says so', async () => {
  const person = await aPerson({ delays: DELAYS });
  await person.startsAServer('lab');
  person.presses('ctrl-c');
  await person.sees('Press Ctrl-C again to quit. Provisionings continue in the background.');
  person.presses('ctrl-c');
  await person.isBack();
  await comesBack(person);
});

it.each(['SIGKILL', 'SIGHUP'] as const)('goes on when the program gets %s', async (signal) => {
  const person = await aPerson({ delays: DELAYS });
  await person.startsAServer('lab');
  person.terminal.signal(signal);
  await person.terminal.waitForExit();
  await comesBack(person);
});

it('goes on when the terminal window is closed', async () => {
  const person = await aPerson({ delays: DELAYS });
  await person.startsAServer('lab');
  await person.closesTheWindow();
  await comesBack(person);
});

it('finds what was finished in the meantime', async () => {
  const person = await aPerson();
  await person.startsAServer('lab');
  person.terminal.signal('SIGKILL');
  await person.terminal.waitForExit();
  await until(async () => (await person.home.servers()).length === 1, 'the server');
  await until(() => person.home.processes().length === 1, 'the worker to end');
  person.opens();
  await person.isTold('lab was created while you were away.');
  await person.sees(/lab +ACTIVE +online/);
});

it('asks what to do with one whose worker died: resume goes on where it stopped', async () => {
  const person = await aPerson({ delays: DELAYS });
  person.opens();
  await person.sees('No servers yet');
  // Its log stands still meanwhile.
  await aptIsLocked(person, APT_LOCKED_MS);
  await person.createsServer('lab');
  await person.sees('Installing Portlama', 'Waiting for unattended-upgr');
  await workerDies(person);
  await person.sees('Interrupted: ', 'Press u to resume where it stopped', '› Resume ‹');
  await person.sees(
    'interrupted',
    'Until then a created droplet keeps costing money.',
    "installer: waiting for the droplet's first boot",
    'Waiting for unattended-upgr',
  );
  person.presses('enter');
  await person.seesItThrough('lab');
});

it('cleans up one whose worker died, when asked to', async () => {
  const person = await aPerson({ delays: DELAYS });
  await person.startsAServer('lab');
  await person.sees('Installing Portlama', '2/7');
  await workerDies(person);
  await person.sees('› Resume ‹');
  person.presses('c');
  await person.sees('Clean up after lab?', '› Keep it ‹');
  person.presses('tab', 'enter');
  await person.sees('Nothing is left.');
  const { droplets, keys } = await (await person.home.sandbox()).state();
  expect(droplets.filter(({ deleted, team }) => !deleted && team === 'sandbox')).toEqual([]);
  expect(keys).toEqual([]);
});

/** The next start shows it, live, and it ends well. */
async function comesBack(person: Person): Promise<void> {
  person.opens();
  await person.sees(/lab +provisioning \d+\/11/);
  person.presses('enter');
  await person.seesItThrough('lab');
}

/** As after a loss of memory or a restart of the machine. */
async function workerDies(person: Person): Promise<void> {
  for (const pid of await person.home.workers()) process.kill(pid, 'SIGKILL');
  await until(async () => (await person.home.workers()).length === 0, 'the worker to be gone');
}
