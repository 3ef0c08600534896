import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { connectProxyDial } from '../../src/services/network/dial.js';
import { provePanel } from '../../src/services/panel/connect-panel.js';
import { PanelApi } from '../../src/services/panel/panel-api.js';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import { EDGE } from '../app/fakes/fake-world.js';
import { PanelWorld } from '../contract/panel-world.js';
import type { Answer } from './scripted-face.js';
import { type TestWork, testWork } from './work.js';

export interface PanelWork extends TestWork {
  readonly here: PanelWorld;
  readonly server: ServerEntry;
  /** Watched calls of the panel's API, in order. */
  readonly sent: string[];
  /** Calls that may change something, in order: `POST /api/tunnels`. */
  readonly changes: string[];
}

/** Calls that can be watched. */
type Watched =
  | 'setDomain'
  | 'provision'
  | 'setPassword'
  | 'restartService'
  | 'resetTotp'
  | 'update'
  | 'rotateCertificate';

/** Certificates of panels, which no test changes. */
const PINS = new WeakMap<PanelWorld, Promise<string>>();

function pinOf(here: PanelWorld): Promise<string> {
  const known = PINS.get(here) ?? here.exec('cat /etc/portlama/pki/self-signed.pem');
  PINS.set(here, known);
  return known;
}

/** A panel of one test, closed after it. */
export async function openPanel(
  ...options: Parameters<typeof PanelWorld.open>
): Promise<PanelWorld> {
  const here = await PanelWorld.open(...options);
  onTestFinished(() => here.close());
  return here;
}

/** One panel that is set up, for all tests of a file. */
export function sharedPanel(...options: Parameters<typeof PanelWorld.open>) {
  let here: PanelWorld;
  beforeAll(async () => {
    here = await PanelWorld.open(...options);
    await here.onboard();
  });
  afterAll(() => here.close());
  return {
    panel: () => here,
    open: (...answers: readonly Answer[]): Promise<PanelWork> => panelServer(here, [], answers),
  };
}

/** A panel of the sandbox as the server fra1-edge of the list, and a person who answers by a script. */
export async function panelServer(
  here: PanelWorld,
  watched: readonly Watched[],
  answers: readonly Answer[],
  facts: NonNullable<Parameters<typeof testWork>[0]>['facts'] = {},
): Promise<PanelWork> {
  const { sandbox, droplet } = here;
  const server = { ...EDGE, ip: droplet.address, panelUrl: `https://${droplet.address}:9292` };
  const test = testWork({ servers: [server], facts }, ...answers);
  const pin = await pinOf(here);
  const sent: string[] = [];
  const changes: string[] = [];
  test.world.openPanelApi = async ({ panelUrl }, signal) => {
    const api = new PanelApi({
      panelUrl,
      trust: panelUrl.endsWith(':9292')
        ? { kind: 'pinned', certificatePem: pin }
        : { kind: 'public' },
      identity: { p12: here.admin.pfx, passphrase: here.admin.passphrase },
      authorities: [sandbox.controls.publicAuthorityPem],
      dial: connectProxyDial(sandbox.url),
    });
    const send = api.send.bind(api);
    api.send = (method, path, options) => {
      if (method !== 'GET') changes.push(`${method} ${path}`);
      return send(method, path, options);
    };
    for (const name of watched) {
      const call = api[name].bind(api) as (...args: unknown[]) => Promise<never>;
      api[name] = (...args: unknown[]) => {
        sent.push(name);
        return call(...args);
      };
    }
    return await provePanel(api, signal);
  };
  return { ...test, here, server, sent, changes };
}
