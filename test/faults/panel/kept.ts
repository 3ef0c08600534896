import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificatePasswordKey } from '../../../src/services/keystore/keystore.js';
import { connectPanel, type ConnectPorts } from '../../../src/services/panel/connect-panel.js';
import { renewCertificate as renewKept } from '../../../src/services/panel/renew-certificate.js';
import { connectProxyDial } from '../../../src/services/network/dial.js';
import { p12PasswordKey } from '../../../src/services/keystore/keystore.js';
import { writeServerFile } from '../../../src/services/registry/server-files.js';
import { renewCertificate } from '../../../src/usecases/renew-certificate.js';
import {
  showTwoFactor,
  turnOffTwoFactor,
  turnOnTwoFactor,
} from '../../../src/usecases/two-factor.js';
import { EDGE } from '../../app/fakes/fake-world.js';
import { DOMAIN } from '../../contract/panel-world.js';
import type { FaultWork, Scenario } from './scenarios.js';

const LABEL = EDGE.label;
const STATUS = 'GET /api/onboarding/status';
const FACTOR = '/api/settings/2fa';

/** A panel that is set up, opened as the program does: by what is kept in a home folder. */
export async function keptHere(test: FaultWork): Promise<ConnectPorts> {
  const { here, world, home } = test;
  const { sandbox, admin } = here;
  await here.onboard();
  const pin = await here.exec('cat /etc/portlama/pki/self-signed.pem');
  const p12Path = await writeServerFile(home, EDGE.id, 'client.p12', admin.pfx);
  await writeServerFile(home, EDGE.id, 'panel.pem', pin);
  await world.keystore.set(p12PasswordKey(EDGE.id), admin.passphrase);
  const [server] = await world.registry.list();
  await world.registry.save({ ...server!, p12Path });
  const dial = connectProxyDial(sandbox.url);
  const authorities = [sandbox.controls.publicAuthorityPem];
  const ports = { home, keystore: world.keystore, dial, authorities };
  world.openPanelApi = (entry, signal, evenDead) =>
    connectPanel(entry, { ...ports, evenDead }, signal);
  world.renewCertificate = (entry, api, signal) =>
    renewKept(entry, api, { ...ports, registry: world.registry }, signal);
  return ports;
}

/** The pair that is kept here opens the panel. */
async function opens({ here, world, home }: FaultWork): Promise<readonly string[]> {
  const [entry] = await world.registry.list();
  const pfx = await readFile(join(home, 'servers', EDGE.id, 'client.p12'));
  const passphrase = (await world.keystore.get(certificatePasswordKey(entry!))) ?? '';
  const call = { method: 'GET', path: '/api/onboarding/status', client: { pfx, passphrase } };
  const answer = await here.call(call).catch(() => ({ status: 0 }));
  return answer.status === 200 ? [] : ['the kept pair does not open the panel'];
}

const turnOn: Scenario['run'] = ({ work, shown }) =>
  turnOnTwoFactor(LABEL, (secrets) => void shown.push(secrets), work);

const factorIs =
  (wanted: boolean): Scenario['check'] =>
  async ({ work }) => {
    const { isOn } = await showTwoFactor(LABEL, work);
    return isOn === wanted ? [] : [`the second factor is ${isOn ? 'on' : 'off'}`];
  };

export const KEPT: readonly Scenario[] = [
  {
    name: 'a renewal',
    prepare: keptHere,
    run: ({ work }) => renewCertificate(LABEL, work),
    calls: {
      [STATUS]: 3,
      'POST /api/certs/mtls/rotate': 1,
      'GET /api/certs/mtls/download': 1,
    },
    holds: opens,
    check: opens,
  },
  {
    name: 'a second factor turned on',
    prepare: keptHere,
    run: turnOn,
    calls: {
      [`GET ${FACTOR}`]: 1,
      [`POST ${FACTOR}/setup`]: 1,
      [`POST ${FACTOR}/confirm`]: 1,
    },
    check: async (test) => {
      const [entry] = await test.world.registry.list();
      return [
        ...(await factorIs(true)(test)),
        ...(entry?.panelUrl === `https://panel.${DOMAIN}` ? [] : ['the list lacks its domain']),
      ];
    },
    refusals: ['two-factor-on'],
  },
  {
    name: 'a second factor turned off',
    async prepare(test) {
      await keptHere(test);
      await turnOn(test);
      // As in another process: a code opens it again.
      test.work.panelSessions.clear();
    },
    run: ({ work }) => turnOffTwoFactor(LABEL, work),
    calls: {
      [`GET ${FACTOR}`]: 1,
      [`POST ${FACTOR}/verify`]: 1,
      [`POST ${FACTOR}/disable`]: 1,
    },
    check: factorIs(false),
    refusals: ['two-factor-off'],
  },
];
