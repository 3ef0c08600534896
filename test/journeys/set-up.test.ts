import { expect, it } from 'vitest';
import type { ControlCommand } from '../../src/sandbox/control/controls.js';
import { totpCode } from '../contract/panel-world.js';
import { readLikeDesktop } from '../contract/desktop-reader.js';
import { aPerson, type Person } from './person.js';

const DOMAIN = 'lab.example.com';
/** Top of the code, whatever it says. */
const QR_CORNER = '█▀▀▀▀▀▀▀█';

async function steers(person: Person, command: ControlCommand): Promise<unknown> {
  return await (await person.home.sandbox()).perform(command);
}

/** Makes names lead to the first server. */
async function points(person: Person, ...names: readonly string[]): Promise<void> {
  const [server] = await person.home.servers();
  for (const name of names) await steers(person, { action: 'setName', name, answer: [server!.ip] });
}

/** From the list to the wait for DNS. */
async function entersDomain(person: Person): Promise<void> {
  await person.sees('E-mail for Let’s Encrypt');
  person.types(DOMAIN);
  await person.sees(`Its panel will be at panel.${DOMAIN}`);
  person.presses('tab');
  person.types('nobody');
  await person.sees('Use the form ops@example.com.');
  person.presses('ctrl-u');
  person.types('ops@example.com');
  await person.seesNoMore('Use the form');
  await confirmsDomain(person);
}

async function confirmsDomain(person: Person): Promise<void> {
  person.presses('enter');
  await person.sees(`${DOMAIN} is final`);
  person.types(DOMAIN);
  await person.sees('› Set up ‹');
  person.presses('enter');
}

/** The password on screen is the one that logs in. */
async function logsInAsShown(person: Person): Promise<void> {
  const screen = await person.sees('is set up.', 'Second factor, shown once', QR_CORNER);
  const [, password = ''] = /Password +(\S+)/.exec(screen) ?? [];
  const [server] = await person.home.servers();
  const dropletId = Number(server!.providerId);
  const asked = { action: 'tryLogin', dropletId, username: 'admin', password } as const;
  expect(await steers(person, asked)).toBe(true);
}

async function closesTheResult(person: Person): Promise<void> {
  person.presses('enter');
  await person.sees('Is the second factor in your app?');
  person.presses('right', 'enter');
  await person.seesNoMore('Second factor');
}

it('leads from nothing to a server with a domain, by keys alone', async () => {
  const person = await aPerson();
  await person.startsAServer('lab', { domain: DOMAIN, email: 'ops@example.com' });
  await person.sees('› Done ‹', `Set up ${DOMAIN} (o)`);
  person.presses('o');
  // Both are kept from the wizard.
  await person.sees('[ Set up ]', `Its panel will be at panel.${DOMAIN}`, 'ops@example.com');
  await confirmsDomain(person);
  await person.sees(`DNS records for ${DOMAIN}`, `${DOMAIN}         does not exist yet`);

  // The domain is there, its wildcard is not.
  await points(person, DOMAIN);
  await person.sees(`${DOMAIN}         points to the server`, /panel\.lab\S+ +does not exist yet/);
  await points(person, `*.${DOMAIN}`);
  person.presses('r');
  await logsInAsShown(person);

  await closesTheResult(person);
  person.presses('escape');
  await person.sees(/lab +ACTIVE +online/);
  person.presses('o');
  await person.sees(
    'lab is set up.',
    'Its login was set up before; the password is not shown again.',
  );
  const servers = await person.home.servers();
  expect(servers).toMatchObject([{ domain: DOMAIN, panelUrl: `https://panel.${DOMAIN}` }]);
  expect(readLikeDesktop(servers as never)).toHaveLength(1);
  person.presses('escape');
  await person.seesNoMore('Its login was set up before');
  await restartsThePanel(person);
  await turnsTheSecondFactorOnAndOff(person);
  person.presses('q');
  await person.isBack();
});

/** From the list, and back to it. */
async function restartsThePanel(person: Person): Promise<void> {
  person.presses('w');
  await person.sees('No tunnels yet');
  person.presses('5');
  await person.sees(`panel.${DOMAIN}`, 'Public certificates are renewed automatically.');
  person.presses('4');
  await person.sees(/› ● +nginx +active/, 'portlama-panel');
  person.presses('down', 'down', 'down');
  await person.sees(/› ● +portlama-panel/);
  person.presses('R');
  await person.sees('Restart portlama-panel?');
  person.presses('right', 'enter');
  await person.isTold('Restarted portlama-panel: it is active.');
  person.presses('escape');
  await person.sees(/lab +ACTIVE +online/);
}

/** From the list, and back to it. */
async function turnsTheSecondFactorOnAndOff(person: Person): Promise<void> {
  person.presses('F');
  await person.sees('Turn the second factor of the panel of lab on?', 'port 9292');
  person.presses('right', 'enter');
  const shown = await person.sees('Second factor of lab', '[ Enter code ]', '██ ▄▄▄▄▄ █');
  const [, key = ''] = /│ ([A-Z2-7]{32}) /.exec(shown) ?? [];
  person.presses('tab', 'tab', 'enter');
  await person.sees('Type the code that the app shows now');
  person.types(totpCode(key, 0));
  person.presses('enter');
  await person.isTold('The second factor of the panel of lab is on.');
  // That code opened a session: nothing asks for another.
  person.presses('w');
  await person.sees('No tunnels yet');
  person.presses('escape');
  await person.sees(/lab +ACTIVE +online/);
  person.presses('F');
  await person.sees('Turn the second factor of the panel of lab off?');
  person.presses('right', 'enter');
  await person.sees('Each code works once');
  person.types(totpCode(key, 1));
  person.presses('enter');
  await person.isTold('The second factor of the panel of lab is off.');
}

it('starts a failed installation again by a key, and the login fits', async () => {
  const person = await aPerson();
  await person.home.hasServers('lab');
  await points(person, DOMAIN, `*.${DOMAIN}`);
  const [server] = await person.home.servers();
  await steers(person, {
    action: 'addDropletFault',
    target: { dropletId: Number(server!.providerId) },
    fault: { kind: 'onboarding-fails', task: 'issue-certs', message: 'Rate limit.', runs: 1 },
  });
  person.opens();
  await person.sees(/lab +ACTIVE +online/);
  person.presses('o');
  await entersDomain(person);
  await person.sees('✖ Issuing TLS certificates', 'The installation on lab failed: Rate limit.');
  person.presses('escape');
  await person.sees(/lab +ACTIVE +online/);
  // Later, it is still shown, and nothing was started meanwhile.
  person.presses('o');
  await person.sees('The installation on lab failed: Rate limit.', '[ Retry ]');
  person.presses('r');
  await logsInAsShown(person);
  await closesTheResult(person);
});

it('is picked up where the panel is, after a kill in the middle of the installation', async () => {
  const person = await aPerson({ delays: 1 });
  await person.startsAServer('lab');
  await person.sees('› Done ‹', 'Set up a domain (o)');
  await points(person, DOMAIN, `*.${DOMAIN}`);
  person.presses('o');
  await entersDomain(person);
  await person.sees('Issuing TLS certificates', 'Issuing certificate for');
  person.terminal.signal('SIGKILL');
  await person.terminal.waitForExit(10_000);

  person.opens();
  await person.sees(/lab +ACTIVE +online/);
  person.presses('o');
  await logsInAsShown(person);
  await closesTheResult(person);
});
