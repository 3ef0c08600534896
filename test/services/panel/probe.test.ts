import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { directDial } from '../../../src/services/network/dial.js';
import { openPanelTls } from '../../../src/services/panel/panel-tls.js';
import { probePanel } from '../../../src/services/panel/inspect.js';
import { makeNamedPanel, makePanelPki, type PanelPki } from '../../fixtures/nginx/pki.js';
import { startNginxPanel } from '../../fixtures/nginx/start.js';

let pki: PanelPki;

beforeAll(async () => {
  pki = await makePanelPki();
}, 60_000);

describe('looking at a panel without a certificate', () => {
  it('counts its help page as reachable, and shows what to confirm', async () => {
    const panel = await startNginxPanel(pki);
    const probe = await probePanel(panel.url, directDial);
    const expected = new X509Certificate(pki.panelPem);
    expect(probe).toMatchObject({
      httpStatus: 400,
      isPortlama: true,
      publiclyTrusted: false,
      certificate: {
        pem: expected.toString(),
        sha256: expected.fingerprint256,
        subject: 'CN=127.0.0.1',
        selfSigned: true,
      },
    });
    expect(probe.certificate.spkiSha256).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(probe.certificate.notAfter).toBeGreaterThan(Date.now());
    expect(panel.requests).toEqual([]);
  });

  it('says why there is nothing to look at', async () => {
    const panel = await startNginxPanel(pki);
    await panel.stopNginx();
    await expect(probePanel(panel.url, directDial)).rejects.toMatchObject({
      code: 'panel-refused',
    });
  });
});

describe('a panel at its name, where nginx has no help page', () => {
  it('is known by what it answers to visitors without a certificate', async () => {
    const panel = await startNginxPanel(pki, false);
    expect(await probePanel(panel.url, directDial)).toMatchObject({
      httpStatus: 400,
      isPortlama: true,
      wantsCertificate: true,
    });
    expect(panel.requests).toEqual(['/api/invite/x']);
  });

  it('is not taken for one while its panel server is down', async () => {
    const panel = await startNginxPanel(pki, false);
    await panel.stopUpstream();
    expect(await probePanel(panel.url, directDial)).toMatchObject({
      httpStatus: 502,
      isPortlama: false,
      wantsCertificate: true,
    });
  });
});

describe('a panel with a public certificate', () => {
  it('is trusted by its authority and its name together only', async () => {
    const named = await makeNamedPanel('panel.example.com');
    const panel = await startNginxPanel({ ...named, caPem: pki.caPem });
    const open = (host: string, authorities: readonly string[]) =>
      openPanelTls({
        host,
        port: panel.port,
        trust: { kind: 'public' },
        authorities,
        dial: (_host, port, options) => directDial('127.0.0.1', port, options),
        timeoutMs: 10_000,
      });
    const tls = await open('panel.example.com', [named.authorityPem]);
    expect(tls.authorized).toBe(true);
    tls.destroy();
    await expect(open('other.example.com', [named.authorityPem])).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    await expect(open('panel.example.com', [pki.caPem])).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
  });
});
