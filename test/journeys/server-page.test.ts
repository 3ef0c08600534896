import { it, onTestFinished } from 'vitest';
import { freshHome } from './home.js';
import { aPerson } from './person.js';

it('shows an outage as it begins and ends, and has it again after a new start', async () => {
  const home = await freshHome();
  await home.hasServers('edge');
  const sandbox = await home.sandbox();
  const [entry] = await home.servers();
  const dropletId = Number(entry!.providerId);
  // Tall enough for the events below the reason of the outage.
  const person = await aPerson({ home, columns: 80, rows: 36 });
  person.opens();
  await person.sees(/edge +ACTIVE +online/);
  person.presses('enter');
  await person.sees(
    'portlama › edge',
    '[1h]',
    'no outage seen in 30 days',
    'shown after the set-up',
  );

  await sandbox.perform({ action: 'setPower', dropletId, on: false });
  await sandbox.perform({ action: 'dropConnections', dropletId });
  person.presses('r');
  await person.sees('✖ offline', /Latency, .*1 failed/, '×', /offline for \d+ s now/);
  person.presses('L');
  await person.sees('edge is offline:');
  person.presses('escape');
  await person.seesNoMore('edge is offline:');

  await sandbox.perform({ action: 'setPower', dropletId, on: true });
  // A droplet takes a while to boot: the program looks again and again, here faster.
  const again = setInterval(() => person.presses('r'), 1_000);
  onTestFinished(() => clearInterval(again));
  await person.sees('● online');
  clearInterval(again);
  await person.sees(/1 outage, longest \d+ (s|min)/, /\d\d:\d\d {2,}offline for \d+/);
  person.presses('q');
  await person.sees('portlama › Servers');
  person.presses('q');
  await person.isBack();

  person.opens();
  await person.sees(/edge +ACTIVE +online/);
  person.presses('enter');
  await person.sees(/1 outage, longest \d+/, '×', /\d\d:\d\d {2,}offline for \d+/);
  person.presses('4');
  await person.sees('[30d]', /Latency, .*failed/);
  person.presses('escape');
  await person.sees('portlama › Servers');
  person.presses('q');
  await person.isBack();
});
