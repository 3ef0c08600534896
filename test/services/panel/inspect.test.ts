import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { NO_DELAYS } from '../../fixtures/no-delays.js';
import { startSandbox } from '../../fixtures/open-sandbox.js';
import { connectProxyDial, type Dial, directDial } from '../../../src/services/network/dial.js';
import type { Lookup } from '../../../src/services/network/addresses.js';
import { offlineLookup } from '../../fixtures/offline-lookup.js';
import { type InspectOptions, inspectPanel } from '../../../src/services/panel/inspect.js';
import { certificateFacts } from '../../../src/services/panel/panel-tls.js';
import { makeNamedPanel, makePanelPki, type PanelPki } from '../../fixtures/nginx/pki.js';
import { type NginxPanel, startNginxPanel } from '../../fixtures/nginx/start.js';
import { createInstalledDroplet } from '../../sandbox/droplet-fixture.js';

/** Public, but nothing is sent there: the network below leads to nginx on this machine. */
const ADDRESS = '8.8.4.4';
const OTHER_ADDRESS = '8.8.8.8';

let pki: PanelPki;

beforeAll(async () => {
  pki = await makePanelPki(ADDRESS);
}, 60_000);

/** An internet in which the addresses given lead to the panel, and a resolver that says another one each time. */
function internet(panel: NginxPanel, answers: readonly (readonly string[])[], reachable = ADDRESS) {
  const dialled: string[] = [];
  const asked: string[] = [];
  const dial: Dial = (host, _port, options) => {
    dialled.push(host);
    // Port 1 of loopback: nobody listens there.
    return directDial('127.0.0.1', host === reachable ? panel.port : 1, options);
  };
  const lookup: Lookup = (name) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(name);
    return Promise.resolve(answer.map((address) => ({ address, family: 4 })));
  };
  const options: InspectOptions = { dial, lookup, allow: 'public' };
  return { dialled, asked, options };
}

describe('looking at a panel before it is added', () => {
  it('shows the certificate to confirm of one that answers its help page', async () => {
    const panel = await startNginxPanel(pki);
    const { options, dialled, asked } = internet(panel, []);
    const labels = ['8-8-4-4'];
    const inspection = await inspectPanel(`${ADDRESS}/dashboard`, { ...options, labels });
    expect(inspection).toEqual({
      url: `https://${ADDRESS}:9292`,
      host: ADDRESS,
      port: 9292,
      address: ADDRESS,
      certificate: certificateFacts(pki.panelPem),
      trust: 'confirm',
      isPortlama: true,
      wantsCertificate: true,
      httpStatus: 400,
      suggestedLabel: '8-8-4-4-2',
    });
    expect(dialled).toEqual([ADDRESS]);
    expect(asked).toEqual([]);
    // nginx answered by itself: the panel server behind it was not bothered.
    expect(panel.requests).toEqual([]);
  });

  it('verifies a public certificate as usual', async () => {
    const named = await makeNamedPanel('panel.example.com');
    const panel = await startNginxPanel({ ...named, caPem: pki.caPem });
    const { options } = internet(panel, [[ADDRESS]]);
    const authorities = [named.authorityPem];
    const inspection = await inspectPanel('https://panel.example.com', { ...options, authorities });
    expect(inspection).toMatchObject({
      url: 'https://panel.example.com',
      port: 443,
      address: ADDRESS,
      trust: 'public',
      isPortlama: true,
      suggestedLabel: 'panel-example-com',
    });
  });

  it('has the key of a mere address pinned even where an authority vouches for it', async () => {
    const panel = await startNginxPanel(pki);
    const { options } = internet(panel, []);
    const authorities = [pki.panelPem];
    expect(await inspectPanel(ADDRESS, { ...options, authorities })).toMatchObject({
      trust: 'confirm',
      certificate: { sha256: certificateFacts(pki.panelPem).sha256 },
    });
  });

  it('refuses a certificate that is neither public nor self-signed', async () => {
    const named = await makeNamedPanel('panel.example.com');
    const panel = await startNginxPanel({ ...named, caPem: pki.caPem });
    const { options } = internet(panel, [[ADDRESS]]);
    await expect(inspectPanel('https://panel.example.com', options)).rejects.toMatchObject({
      code: 'panel-certificate-invalid',
      message: 'The certificate of panel.example.com is not valid: no known authority signed it.',
    });
    await expect(
      inspectPanel('https://other.example.com:9292', {
        ...options,
        authorities: [named.authorityPem],
      }),
    ).rejects.toMatchObject({
      message:
        'The certificate of other.example.com:9292 is not valid: it was issued for another name.',
    });
  });

  it('connects to the address that was checked, whatever the name means by then', async () => {
    const panel = await startNginxPanel(pki);
    const rebinding = internet(panel, [[ADDRESS], ['127.0.0.1'], ['169.254.169.254']]);
    const inspection = await inspectPanel('rebind.example:9292', rebinding.options);
    expect(inspection.address).toBe(ADDRESS);
    expect(rebinding.asked).toEqual(['rebind.example']);
    expect(rebinding.dialled).toEqual([ADDRESS]);
  });

  it('goes on to the next address of a name, and says which one answered', async () => {
    const panel = await startNginxPanel(pki);
    const { options, dialled } = internet(panel, [[OTHER_ADDRESS, ADDRESS]]);
    expect(await inspectPanel('panel.example.com:9292', options)).toMatchObject({
      address: ADDRESS,
    });
    expect(dialled).toEqual([OTHER_ADDRESS, ADDRESS]);
  });

  it.each([
    'https://127.0.0.1',
    'https://0x7f.1',
    'https://[::ffff:127.0.0.1]',
    'https://localhost',
    'inside.example',
    'http://8.8.4.4',
    'https://203.0.113.42:9292',
  ])('sends nothing at all to %s', async (url) => {
    const panel = await startNginxPanel(pki);
    const { options, dialled } = internet(panel, [[ADDRESS, '10.0.0.1']]);
    await expect(inspectPanel(url, options)).rejects.toMatchObject({ name: 'InputError' });
    expect(dialled).toEqual([]);
  });

  it('says why nothing answers', async () => {
    const panel = await startNginxPanel(pki);
    const { options } = internet(panel, [], 'nowhere');
    await expect(inspectPanel(ADDRESS, options)).rejects.toMatchObject({ code: 'panel-refused' });
    await expect(
      inspectPanel('no.example', { ...options, lookup: offlineLookup }),
    ).rejects.toMatchObject({ code: 'panel-name-unknown' });
  });

  it('stops when it is given up', async () => {
    const panel = await startNginxPanel(pki);
    const { options } = internet(panel, []);
    const stop = new AbortController();
    const waiting = inspectPanel(ADDRESS, {
      ...options,
      dial: () =>
        new Promise((_resolve, reject) => {
          stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error));
          stop.abort();
        }),
      signal: stop.signal,
    });
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('looking at a panel of the sandbox', () => {
  it('finds it at its documentation address, through the sandbox alone', async () => {
    const sandbox = await startSandbox({ delays: NO_DELAYS, restartSshDuringInstall: false });
    onTestFinished(() => sandbox.close());
    const { address } = await createInstalledDroplet(sandbox);
    const dial = connectProxyDial(sandbox.url);
    const options = { dial, lookup: offlineLookup, allow: 'sandbox' } as const;
    expect(await inspectPanel(`https://${address}:9292`, options)).toMatchObject({
      address,
      trust: 'confirm',
      isPortlama: true,
      httpStatus: 400,
      certificate: { subject: `O=Portlama\nCN=${address}`, selfSigned: true },
    });
    await expect(
      inspectPanel(`https://${address}:9292`, { ...options, allow: 'public' }),
    ).rejects.toMatchObject({ code: 'panel-address-not-public' });
    // Free there, so nobody is at home.
    await expect(inspectPanel('203.0.113.254', options)).rejects.toMatchObject({
      code: 'panel-unreachable',
    });
  });
});
