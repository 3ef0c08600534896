import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { CertificateAuthority } from '../../src/sandbox/pki/droplet-pki.js';
import { type Sandbox, startSandbox } from '../fixtures/open-sandbox.js';
import { connectProxyDial } from '../../src/services/network/dial.js';
import { createPanelClient } from '../../src/services/panel/panel-client.js';
import { createInstalledDroplet, type TestDroplet, TestShell } from './droplet-fixture.js';

const run = promisify(execFile);
const PKI = '/etc/portlama/pki';
let sandbox: Sandbox;
let droplet: TestDroplet;
let folder: string;
let passphrase: string;

beforeAll(async () => {
  sandbox = await startSandbox({ delays: NO_DELAYS, restartSshDuringInstall: false });
  droplet = await createInstalledDroplet(sandbox);
  folder = await mkdtemp(join(tmpdir(), 'portlama-sandbox-'));
  const shell = await TestShell.open(sandbox, droplet);
  for (const name of ['client.p12', 'self-signed.pem', 'ca.crt']) {
    await writeFile(join(folder, name), await shell.read(`${PKI}/${name}`));
  }
  passphrase = (await shell.read(`${PKI}/.p12-password`)).toString('utf8');
  shell.close();
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

interface Seen {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** curl through the sandbox's proxy, with the panel's own certificate as the only authority. */
async function curl(path: string, certificate?: { p12: string; password: string }): Promise<Seen> {
  const identity =
    certificate === undefined
      ? []
      : ['--cert-type', 'P12', '--cert', `${certificate.p12}:${certificate.password}`];
  const authority = ['--cacert', join(folder, 'self-signed.pem')];
  const output = ['-w', '\n%{http_code} %{content_type}'];
  const url = `https://${droplet.address}:9292${path}`;
  const options = ['-sS', '-x', sandbox.url, ...authority, ...identity, ...output, url];
  const { stdout } = await run('curl', options);
  const end = stdout.lastIndexOf('\n');
  const [status = '', ...type] = stdout.slice(end + 1).split(' ');
  return { status: Number(status), type: type.join(' '), body: stdout.slice(0, end) };
}

const admin = () => ({ p12: join(folder, 'client.p12'), password: passphrase });

describe('client.p12', () => {
  it('is PBE-SHA1-3DES with a SHA-1 MAC, for the key and for the certificates', async () => {
    const options = ['pkcs12', '-in', admin().p12, '-passin', `pass:${passphrase}`];
    const { stderr } = await run('openssl', [...options, '-info', '-noout']);
    expect(stderr).toContain('MAC: sha1');
    expect(stderr.match(/pbeWithSHA1And3-KeyTripleDES-CBC/g)?.length).toBe(2);
    expect(passphrase).toMatch(/^[0-9a-f]{32}$/);
  });

  it('holds a certificate that the droplet’s authority vouches for', async () => {
    const certificate = join(folder, 'client.pem');
    const options = ['-in', admin().p12, '-passin', `pass:${passphrase}`, '-nokeys', '-clcerts'];
    await run('openssl', ['pkcs12', ...options, '-out', certificate]);
    const authority = join(folder, 'ca.crt');
    const verify = ['verify', '-purpose', 'sslclient', '-CAfile', authority, certificate];
    const { stdout } = await run('openssl', verify);
    expect(stdout).toContain(': OK');
  });

  it('does not open with another password', async () => {
    const options = ['pkcs12', '-in', admin().p12, '-passin', 'pass:no', '-noout'];
    await expect(run('openssl', options)).rejects.toThrow(/invalid password/);
  });
});

describe('the panel', () => {
  it('asks for a certificate, with the page of the real one', async () => {
    const { status, type, body } = await curl('/');
    expect([status, type]).toEqual([400, 'text/html']);
    expect(Buffer.byteLength(body)).toBe(5856);
    expect(body).toContain('<title>Portlama — Certificate Required</title>');
    expect((await curl('/api/health')).status).toBe(400);
  });

  it('answers what needs no certificate', async () => {
    const invite = await curl('/api/invite/x');
    expect([invite.status, JSON.parse(invite.body)]).toEqual([
      400,
      expect.objectContaining({ error: 'Validation failed' }),
    ]);
    const enroll = await curl('/api/enroll');
    expect([enroll.status, enroll.type]).toEqual([404, expect.stringContaining('json')]);
  });

  it('opens with the admin certificate', async () => {
    const health = await curl('/api/health', admin());
    expect([health.status, JSON.parse(health.body)]).toEqual([
      200,
      { status: 'ok', version: '0.1.30' },
    ]);
    const onboarding = await curl('/api/onboarding/status', admin());
    expect(JSON.parse(onboarding.body)).toEqual({
      status: 'FRESH',
      domain: null,
      ip: droplet.address,
    });
  });

  it('does not open with the certificate of another authority', async () => {
    const other = new CertificateAuthority(droplet.address, Date.now).issueClient();
    const p12 = join(folder, 'other.p12');
    await writeFile(p12, other.clientP12);
    const { status } = await curl('/api/invite/x', { p12, password: other.clientPassword });
    expect(status).toBe(400);
    const { body } = await curl('/api/health', { p12, password: other.clientPassword });
    expect(body).toContain('Certificate Required');
  });

  it('answers 502 while what is behind nginx is down, and nothing while nginx is', async () => {
    sandbox.controls.setPanel(droplet.id, 'server-down');
    expect((await curl('/api/health', admin())).status).toBe(502);
    expect((await curl('/api/invite/x')).status).toBe(502);
    expect((await curl('/')).status).toBe(400);
    sandbox.controls.setPanel(droplet.id, 'absent');
    await expect(curl('/')).rejects.toThrow(/502/);
    sandbox.controls.setPanel(droplet.id, 'up');
    expect((await curl('/api/health', admin())).status).toBe(200);
  });

  it('is opened by the program’s own client, which sees a renewed certificate', async () => {
    const open = async () =>
      createPanelClient({
        panelUrl: `https://${droplet.address}:9292`,
        trust: {
          kind: 'pinned',
          certificatePem: await readFile(join(folder, 'self-signed.pem'), 'utf8'),
        },
        identity: { p12: await readFile(admin().p12), passphrase },
        dial: connectProxyDial(sandbox.url),
      });
    const client = await open();
    expect(await client.getHealth()).toMatchObject({ status: 'ok', version: '0.1.30' });
    client.close();
    sandbox.controls.renewPanelCertificate(droplet.id);
    const later = await open();
    await expect(later.getHealth()).rejects.toMatchObject({ code: 'panel-certificate-changed' });
    later.close();
  });
});
