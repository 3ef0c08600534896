import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../src/core/time.js';
import { joinSandbox } from '../fixtures/joined-home.js';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { type Sandbox, startSandbox } from '../fixtures/open-sandbox.js';
import { runProgram } from '../fixtures/program.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { freshHome, type Home } from './home.js';
import { aPerson, type Person } from './person.js';
import { until } from './until.js';

const DOMAIN = 'lab.example.com';
const PASSPHRASE = 'nine oranges under the quiet bridge';
/** Marks the waits of the sandbox that a test ends itself. */
const HELD_MS = 999_999;

interface TwoMachines {
  readonly sandbox: Sandbox;
  readonly dropletId: number;
  readonly one: Home;
  readonly other: Person;
  /** Lets the panel get its certificates. */
  issue(): void;
}

/** The set-up of lab was begun on one machine, and all of it there was killed; another has lab by export and import. */
async function killedInMidInstallation(): Promise<TwoMachines> {
  let issue = (): void => undefined;
  const issued = new Promise<void>((resolve) => (issue = resolve));
  const clock: Clock = {
    ...systemClock,
    sleep: (ms, signal) => (ms === HELD_MS ? issued : systemClock.sleep(ms, signal)),
  };
  const socketPath = join(await temporaryFolder(), 'sandbox.sock');
  const panel = { ...NO_DELAYS.panel, certificateMs: HELD_MS };
  const sandbox = await startSandbox({ delays: { ...NO_DELAYS, panel }, clock, socketPath });
  onTestFinished(() => sandbox.close());
  const one = await freshHome();
  await joinSandbox(one.portlama, sandbox, socketPath);
  await one.hasServers('lab');
  const [server] = await one.servers();
  for (const name of [DOMAIN, `*.${DOMAIN}`]) sandbox.controls.setName(name, [server!.ip]);
  const here = await freshHome();
  await joinSandbox(here.portlama, sandbox, socketPath, { hasOwnStore: true });
  await carries(one, here);

  const person = await aPerson({ home: one });
  person.opens();
  await person.sees(/lab +ACTIVE +online/);
  person.presses('o');
  await person.sees('E-mail for Let’s Encrypt');
  person.types(DOMAIN);
  person.presses('tab');
  person.types('ops@example.com');
  await person.sees(`Its panel will be at panel.${DOMAIN}`, 'ops@example.com');
  person.presses('enter');
  await person.sees(`${DOMAIN} is final`);
  person.types(DOMAIN);
  await person.sees('› Set up ‹');
  person.presses('enter');
  await person.sees('Issuing certificate for');
  for (const pid of await one.workers()) process.kill(pid, 'SIGKILL');
  person.terminal.signal('SIGKILL');
  await person.terminal.waitForExit(10_000);
  await until(async () => (await one.workers()).length === 0, 'the worker to be gone');
  const other = await aPerson({ home: here });
  const dropletId = Number(server!.providerId);
  return { sandbox, dropletId, one, other, issue };
}

async function carries(from: Home, to: Home): Promise<void> {
  const file = join(to.path, 'servers.age');
  for (const [home, args] of [
    [from, ['export', file]],
    [to, ['import', file, '--yes', '1']],
  ] as const) {
    const options = { env: home.environment, stdin: `${PASSPHRASE}\n` };
    expect(await runProgram(['--sandbox', ...args], options)).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
  }
}

async function logsInAsShown({ other, sandbox, dropletId }: TwoMachines): Promise<void> {
  const screen = await other.sees('is set up.', /Password +\S+/);
  const [, password = ''] = /Password +(\S+)/.exec(screen) ?? [];
  expect(sandbox.controls.tryLogin(dropletId, 'admin', password)).toBe(true);
}

function calls({ sandbox, dropletId }: TwoMachines, call: string): number {
  return sandbox.controls.panelCalls(dropletId).filter((each) => each === call).length;
}

it('gets the password of an installation that another machine began and did not see the end of', async () => {
  const world = await killedInMidInstallation();
  const { other } = world;
  other.opens();
  await other.sees(/lab .*online/);
  other.presses('o');
  await other.sees('Issuing certificate for');
  world.issue();
  await logsInAsShown(world);
  await other.sees('Second factor, shown once');
  await other.doesNotSee('A new password: the previous one is not known here.');
  expect(calls(world, 'POST /api/onboarding/provision')).toBe(1);
  expect(calls(world, 'PUT /api/users/admin')).toBe(0);
  expect(await other.home.servers()).toMatchObject([
    { domain: DOMAIN, panelUrl: `https://panel.${DOMAIN}` },
  ]);
});

it('replaces a password that nobody saw, once that is agreed to, and says so', async () => {
  const world = await killedInMidInstallation();
  const { other, sandbox } = world;
  world.issue();
  const { server: panel } = sandbox.controls['world'].findDroplet(world.dropletId)!.machine.panel;
  await until(() => panel.onboarding.status === 'COMPLETED', 'the installation to end');
  other.opens();
  await other.sees(/lab .*online/);
  other.presses('o');
  await other.sees('Set a new password for the login of lab?', '› No ‹');
  await other.sees('If nobody has it');
  other.presses('right', 'enter');
  await logsInAsShown(world);
  await other.sees('A new password: the previous one is not known here.', 'stays the same.');
  expect(calls(world, 'POST /api/onboarding/provision')).toBe(1);
  expect(calls(world, 'PUT /api/users/admin')).toBe(1);
});

it('leaves the login of the other machine alone when the first one comes back', async () => {
  const world = await killedInMidInstallation();
  const { one, other } = world;
  other.opens();
  await other.sees(/lab .*online/);
  other.presses('o');
  await other.sees('Issuing certificate for');
  world.issue();
  await logsInAsShown(world);
  const first = await aPerson({ home: one });
  first.opens();
  await first.sees(/lab .*online/);
  first.presses('o');
  await first.sees('Set a new password for the login of lab?', '› No ‹');
  first.presses('enter');
  await first.sees('is set up.');
  await logsInAsShown(world);
  expect(calls(world, 'PUT /api/users/admin')).toBe(0);
  expect(calls(world, 'POST /api/users/admin/reset-totp')).toBe(1);
});
