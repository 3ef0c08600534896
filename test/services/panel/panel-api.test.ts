import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { CertificateAuthority } from '../../../src/sandbox/pki/droplet-pki.js';
import { connectProxyDial, directDial } from '../../../src/services/network/dial.js';
import { PanelApi } from '../../../src/services/panel/panel-api.js';
import { readMessage, type ProvisionMessage } from '../../../src/services/panel/panel-bodies.js';
import { DOMAIN, PanelWorld } from '../../contract/panel-world.js';

const SIGNAL = new AbortController().signal;
let world: PanelWorld | undefined;

afterEach(async () => {
  await world?.close();
  world = undefined;
});

async function openWorld(panel: Parameters<typeof PanelWorld.open>[0] = {}): Promise<PanelWorld> {
  return (world = await PanelWorld.open(panel));
}

async function pinOf(from: PanelWorld): Promise<string> {
  return await from.exec('cat /etc/portlama/pki/self-signed.pem');
}

/** The program's client of the world's panel, by address or by name. */
async function apiOf(from: PanelWorld, by: 'address' | 'name' = 'address'): Promise<PanelApi> {
  const { admin, sandbox, droplet } = from;
  const api = new PanelApi({
    ...(by === 'address'
      ? {
          panelUrl: `https://${droplet.address}:9292`,
          trust: { kind: 'pinned', certificatePem: await pinOf(from) },
        }
      : { panelUrl: `https://panel.${DOMAIN}`, trust: { kind: 'public' } }),
    identity: { p12: admin.pfx, passphrase: admin.passphrase },
    authorities: [sandbox.controls.publicAuthorityPem],
    dial: connectProxyDial(sandbox.url),
  });
  onTestFinished(() => api.close());
  return api;
}

async function all(messages: AsyncGenerator<ProvisionMessage>): Promise<ProvisionMessage[]> {
  const seen: ProvisionMessage[] = [];
  for await (const message of messages) seen.push(message);
  return seen;
}

describe('PanelApi', () => {
  it('leads from a fresh panel to one in use, and is told the password once', async () => {
    const here = await openWorld({ messageMs: 5 });
    const api = await apiOf(here);
    expect(await api.onboarding()).toEqual({
      status: 'FRESH',
      domain: undefined,
      ip: here.droplet.address,
    });
    here.pointNames();
    await api.setDomain(DOMAIN, 'ops@example.com');
    expect(await api.verifyDns()).toMatchObject({ ok: true, wildcardOk: true });
    const stream = api.followProvision(SIGNAL);
    expect((await stream.next()).value).toMatchObject({ type: 'state', isRunning: false });
    await api.provision();
    let password = '';
    for await (const message of stream) {
      if (!('task' in message) || message.task !== 'complete') continue;
      password = message.result?.adminPassword ?? '';
      break;
    }
    const { controls } = here.sandbox;
    expect(controls.tryLogin(here.droplet.id, 'admin', password)).toBe(true);
    const named = await apiOf(here, 'name');
    expect(await named.onboarding()).toMatchObject({ status: 'COMPLETED', domain: DOMAIN });
    expect(await named.resetTotp('admin')).toMatch(/^otpauth:\/\/totp\/Portlama:admin\?secret=/);
    expect((await named.services()).map(({ name }) => name)).toContain('authelia');
    expect((await named.certificates()).map(({ type }) => type)).toContain('mtls-client');
    expect((await named.stats()).memory?.total).toBeGreaterThan(0);
  });

  it('takes wrong DNS for an answer, and a failing resolver for a failure of the panel', async () => {
    const here = await openWorld();
    const api = await apiOf(here);
    await api.setDomain(DOMAIN, 'ops@example.com');
    expect(await api.verifyDns()).toMatchObject({ ok: false, resolvedIps: [] });
    here.sandbox.controls.setName(DOMAIN, 'servfail');
    await expect(api.verifyDns()).rejects.toMatchObject({ code: 'panel-failed', retryable: true });
  });

  it('says in codes and facts what the panel refused', async () => {
    const api = await apiOf(await openWorld());
    await expect(api.stats()).rejects.toMatchObject({
      code: 'panel-before-setup',
      facts: { status: 503, onboardingStatus: 'FRESH' },
    });
    await expect(api.setDomain('localhost', 'nobody')).rejects.toMatchObject({
      code: 'panel-refused-input',
      facts: {
        issues: [
          { field: 'domain', reason: 'Invalid' },
          { field: 'email', reason: 'Invalid email' },
        ],
      },
    });
    await expect(api.provision()).rejects.toMatchObject({ code: 'panel-conflict' });
  });

  it('is stopped by the second factor until a code is entered, and keeps the session', async () => {
    const here = await openWorld();
    await here.onboard();
    const { answer, code } = await here.turnOnTwoFactor();
    expect(answer).toEqual({ enabled: true });
    const byAddress = await apiOf(here);
    await expect(byAddress.onboarding()).rejects.toMatchObject({ code: 'panel-refused' });
    const api = await apiOf(here, 'name');
    await expect(api.onboarding()).rejects.toMatchObject({ code: 'panel-two-factor' });
    await expect(api.enterCode('000000')).rejects.toMatchObject({ code: 'panel-code-wrong' });
    await expect(api.onboarding()).rejects.toMatchObject({ code: 'panel-two-factor' });
    await api.enterCode(code());
    expect(await api.onboarding()).toMatchObject({ status: 'COMPLETED' });
    expect(await api.stats()).toBeDefined();
  });

  it('sends nothing but a GET twice', async () => {
    const seen: string[] = [];
    const server = await panelThatHangsUp((method) => seen.push(method));
    // Leaves a connection open, whose loss would be taken for a stale one.
    await server.api.version();
    await expect(server.api.provision()).rejects.toMatchObject({ code: 'panel-unreachable' });
    await server.api.version();
    await expect(server.api.setPassword('admin', 'x')).rejects.toThrow();
    expect(seen).toEqual(['GET', 'POST', 'GET', 'PUT']);
  });

  it('does not send a POST on a connection that may be closed already', async () => {
    const here = await openWorld();
    const api = await apiOf(here);
    await api.version();
    here.sandbox.controls.dropConnections(here.droplet.id);
    await api.setDomain(DOMAIN, 'ops@example.com');
    expect(await api.onboarding()).toMatchObject({ status: 'DOMAIN_SET' });
  });
});

describe('the stream', () => {
  it('lives through silence by its pings, and ends where nginx cuts it without them', async () => {
    const here = await openWorld({ messageMs: 5, certificateMs: 700 });
    const api = await apiOf(here);
    await here.setDomain();
    here.sandbox.controls.setIdleCut(here.droplet.id, 900);
    const kept = api.followProvision(SIGNAL, 100);
    const cut = (await apiOf(here)).followProvision(SIGNAL, 60_000);
    await Promise.all([kept.next(), cut.next()]);
    await api.provision();
    const before = await all(cut);
    expect(before.at(-1)).toMatchObject({ task: 'issue-certs', status: 'running' });
    for await (const message of kept)
      if ('task' in message && message.task === 'complete') {
        expect(message.result?.adminPassword).toHaveLength(22);
        return;
      }
    expect.unreachable('the stream with pings ended early');
  });

  it('tells a late joiner that the run failed, and why', async () => {
    const here = await openWorld({ messageMs: 1 });
    const api = await apiOf(here);
    await here.setDomain();
    here.sandbox.controls.addDropletFault(
      { kind: 'onboarding-fails', task: 'install-chisel', message: 'GitHub is down' },
      { dropletId: here.droplet.id },
    );
    await api.provision();
    let state: ProvisionMessage | undefined;
    do {
      await sleep(10);
      const stream = api.followProvision(SIGNAL);
      state = (await stream.next()).value as ProvisionMessage;
      await stream.return(undefined);
    } while ('type' in state && state.isRunning);
    expect(state).toMatchObject({
      isRunning: false,
      error: { task: 'install-chisel', message: 'GitHub is down' },
    });
    // Looks no different here: that is why the stream has to be asked.
    expect(await api.onboarding()).toMatchObject({ status: 'PROVISIONING' });
  });

  it('is refused once the set-up is complete, and ends with its signal', async () => {
    const here = await openWorld();
    const api = await apiOf(here);
    const leaving = new AbortController();
    const stream = api.followProvision(leaving.signal);
    await stream.next();
    leaving.abort();
    await expect(stream.next()).rejects.toThrow(/abort/i);
    await here.onboard();
    await expect(api.followProvision(SIGNAL).next()).rejects.toMatchObject({
      code: 'panel-setup-complete',
    });
  });

  it.each([
    ['{"type":"state","isRunning":true}', { isRunning: true, tasks: [] }],
    ['{"task":"new-task","status":"paused","more":1}', { task: 'new-task', status: 'pending' }],
    ['{"something":"else"}', undefined],
    ['not json', undefined],
  ])('reads %s of another version', (data, expected) => {
    const message = readMessage(data);
    if (expected === undefined) expect(message).toBeUndefined();
    else expect(message).toMatchObject(expected);
  });
});

/** Answers a GET, and breaks the connection off at anything else. */
async function panelThatHangsUp(
  onRequest: (method: string) => void,
): Promise<{ readonly api: PanelApi; readonly server: Server }> {
  const authority = new CertificateAuthority('127.0.0.1', () => Date.now());
  const { panelPem, panelKeyPem } = authority.issuePanel();
  const { clientP12, clientPassword } = authority.issueClient();
  const server = createServer({ key: panelKeyPem, cert: panelPem }, (request, response) => {
    onRequest(request.method ?? '');
    if (request.method === 'GET') response.end('{"status":"ok"}');
    else request.socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const api = new PanelApi({
    panelUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    trust: { kind: 'pinned', certificatePem: panelPem },
    identity: { p12: clientP12, passphrase: clientPassword },
    dial: directDial,
  });
  onTestFinished(() => api.close());
  return { api, server };
}
