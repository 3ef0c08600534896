import { expect, it } from 'vitest';
import type { SandboxControl } from '../fixtures/sandbox-control.js';
import type { ControlCommand } from '../../src/sandbox/control/controls.js';
import { aptIsLocked } from './circumstances.js';
import { aPerson, type Person } from './person.js';

/** Longer than the test. */
const LONG_MS = 120_000;
/** Of a droplet, in one line with the others or on its own. */
const REMOVED = /Removed droplet \d+|droplet \d+ destroyed/;

it('asks before it cancels, and then removes what was made', async () => {
  const person = await aPerson({ delays: 0.3 });
  person.opens();
  await person.sees('No servers yet');
  // So that the log before the key is the same on every machine.
  await aptIsLocked(person, LONG_MS);
  await person.createsServer('lab');
  await person.sees('waiting for apt');
  person.presses('x');
  await person.sees('Cancel creating lab?', '› Keep going ‹', '[ Cancel and clean up ]');
  person.presses('enter');
  await person.seesNoMore('Cancel creating lab?');
  await person.sees('Installing Portlama');
  person.presses('x');
  await person.sees('› Keep going ‹');
  person.presses('tab', 'enter');
  await person.sees('Cancelled. Nothing is left.', '› Retry ‹', REMOVED);
  await person.seesScreen('failing-cancelled');
  await nothingIsLeft(person);
  person.presses('X');
  await person.sees('No servers yet');
});

interface Failure {
  readonly name: string;
  readonly accident: ControlCommand;
  readonly step: string;
  readonly says: readonly (string | RegExp)[];
}

const INSTALLATION_FAILS: ControlCommand = {
  action: 'addDropletFault',
  fault: { kind: 'install-fails', step: 'deploy_panel', message: 'npm error code ECONNRESET' },
};
const FAILURES: readonly Failure[] = [
  {
    name: 'the account is at its limit',
    accident: {
      action: 'addFault',
      fault: {
        kind: 'sample',
        sample: 'error-422-droplet-limit',
        match: { method: 'POST', path: '/v2/droplets' },
      },
    },
    step: 'Creating droplet',
    says: ['reached its droplet limit', 'droplet_limit_increase'],
  },
  {
    name: 'another machine answers in its place',
    accident: { action: 'addDropletFault', fault: { kind: 'wrong-host-key' } },
    step: 'Connecting via SSH',
    says: [
      'does not have the',
      'Nothing was sent to it.',
      'may have been rebuilt',
      'may be pretending',
      'Do not continue before',
      REMOVED,
    ],
  },
  {
    name: 'the droplet runs out of memory',
    accident: { action: 'addDropletFault', fault: { kind: 'out-of-memory' } },
    step: 'Installing Portlama',
    says: ['The server ran out of memory', 'its swap file', REMOVED],
  },
  {
    name: 'another installation never lets go of apt',
    accident: { action: 'addDropletFault', fault: { kind: 'apt-locked' } },
    step: 'Installing Portlama',
    says: ['still holds', 'automatic updates', REMOVED],
  },
  {
    name: 'DigitalOcean never places the droplet',
    accident: { action: 'addDropletFault', fault: { kind: 'placement-fails' } },
    step: 'Waiting for boot',
    says: ['but it does not exist', 'Choose another region'],
  },
  {
    name: 'the installation fails',
    accident: INSTALLATION_FAILS,
    step: 'Installing Portlama',
    says: ['npm error code ECONNRESET', 'Likely cause: A transient issue of the'],
  },
  {
    name: 'no password opens the certificate',
    accident: { action: 'addDropletFault', fault: { kind: 'p12-password-wrong' } },
    step: 'Retrieving credentials',
    says: [REMOVED],
  },
];

it.each(FAILURES)('cleans up when $name, says why, and Retry works', async (failure) => {
  const person = await aPerson({ columns: 120, rows: 40 });
  person.opens();
  await person.sees('No servers yet');
  await happens(person, failure.accident);
  await person.createsServer('lab');
  await person.sees('› Retry ‹', 'Cleaned up. Nothing is left.', ...failure.says);
  await person.sees(new RegExp(`✖ ${failure.step}`));
  await nothingIsLeft(person);
  await happens(person, { action: 'clearFaults' });
  person.presses('enter');
  await person.seesItThrough('lab');
});

it('shows a failure with its cause and the clean-up line by line, on a small terminal too', async () => {
  const person = await aPerson();
  person.opens();
  await person.sees('No servers yet');
  await happens(person, INSTALLATION_FAILS);
  await person.createsServer('lab');
  await person.sees('› Retry ‹', 'Nothing is left.');
  await person.seesScreen('failing-80x24');
  person.resizes(120, 40);
  await person.sees('✔ Validating token');
  await person.seesScreen('failing-120x40');
  person.presses('s');
  await person.isTold('The log is in ');
});

it('names what could not be removed, with what it costs and how to remove it, and tries again', async () => {
  const person = await aPerson({ columns: 120, rows: 40 });
  person.opens();
  await person.sees('No servers yet');
  await happens(person, INSTALLATION_FAILS);
  await happens(person, {
    action: 'addFault',
    fault: {
      kind: 'status',
      status: 403,
      id: 'forbidden',
      message: 'You do not have access for the attempted action.',
      match: { method: 'DELETE', path: '/v2/droplets/*' },
      times: 'forever',
    },
  });
  await person.createsServer('lab');
  await person.sees('could not be removed:', /droplet \d+ costs \$4\/month/, '› Clean up again ‹');
  await person.seesScreen('failing-leftovers');
  // A second droplet beside the first is not made unasked.
  person.presses('r');
  await person.sees('Create another lab?', 'keep costing money', '› No ‹');
  person.presses('escape');
  await person.seesNoMore('Create another');
  person.presses('escape');
  await person.sees(/lab +failed; resources remain/);
  person.presses('enter');
  await person.sees('› Clean up again ‹');
  await happens(person, { action: 'clearFaults' });
  person.presses('c');
  await person.sees('Clean up after lab?');
  person.presses('tab', 'enter');
  await person.sees('Nothing is left.');
  await nothingIsLeft(person);
});

async function happens(person: Person, accident: ControlCommand): Promise<void> {
  await (await person.home.sandbox()).perform(accident);
}

async function nothingIsLeft(person: Person): Promise<void> {
  const { droplets, keys, secrets } = await stateOf(await person.home.sandbox());
  expect(droplets).toEqual([]);
  expect(keys).toEqual([]);
  // The token, if it was typed, is the person's.
  expect(secrets.filter(({ service }) => service !== 'com.portlama.cloud')).toEqual([]);
  expect(await person.home.servers()).toEqual([]);
}

/** What there is in the team of the sandbox's token. */
async function stateOf(sandbox: SandboxControl) {
  const { droplets, keys, secrets } = await sandbox.state();
  return {
    droplets: droplets.filter(({ team, deleted }) => team === 'sandbox' && !deleted),
    keys,
    secrets,
  };
}
