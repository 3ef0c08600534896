import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { systemClock } from '../../src/core/time.js';
import { createDigitalOcean } from '../../src/services/digitalocean/client.js';
import {
  atTerminal,
  control,
  entries,
  type RunningSandbox,
  runningSandbox,
} from '../fixtures/running-sandbox.js';

const ZONE = 'example.com';
const TOKEN = SANDBOX_TOKENS.domains.token;
const api = ({ socketPath }: RunningSandbox) =>
  createDigitalOcean({ baseUrl: 'http://127.0.0.1', token: TOKEN, clock: systemClock, socketPath });

async function withDomains(): Promise<RunningSandbox> {
  const sandbox = await runningSandbox();
  const { exitCode } = await sandbox.run(['token', 'set'], { stdin: `${TOKEN}\n` });
  expect(exitCode).toBe(0);
  return sandbox;
}

async function records(sandbox: RunningSandbox): Promise<readonly string[]> {
  const all = await api(sandbox).listRecords(ZONE);
  return all
    .filter(({ type }) => type !== 'NS')
    .map(({ type, name, data }) => `${type} ${name} ${data}`);
}

const BASE = ['provision', '--region', 'fra1', '--label', 'edge'];

it('creates a server with its domain in one more step, and destroys both', async () => {
  const sandbox = await withDomains();
  const args = [...BASE, '--do-domain', ZONE, '--do-subdomain', 'lab', '--yes', ZONE];
  const made = await sandbox.run(args);
  expect(made.exitCode).toBe(0);
  expect(made.stdout).toContain(
    'example.com was added. Enter these name servers at its registrar:',
  );
  expect(made.stdout).toContain('A  lab.example.com  the new server  TTL 300  (new)');
  expect(made.stdout).toContain('6 of 12, Setting up DNS: done');
  expect(made.stdout).toContain('12 of 12, Cleaning up: done');
  expect(made.stdout).toContain(
    'Set it up for lab.example.com: portlama-tui --sandbox servers onboard',
  );
  const [server] = await entries(sandbox);
  expect(await records(sandbox)).toEqual([`A lab ${server!.ip}`, `A *.lab ${server!.ip}`]);
  const meta = await readFile(join(sandbox.home, 'servers', server!.id, 'meta.json'), 'utf8');
  expect(JSON.parse(meta)).toMatchObject({
    dns: [{ domain: 'lab.example.com', address: server!.ip }],
  });

  const destroyed = await sandbox.run(['servers', 'destroy', 'edge', '--yes', 'edge']);
  expect(destroyed.exitCode).toBe(0);
  expect(destroyed.stdout).toContain(
    'Removed the DNS records lab.example.com and *.lab.example.com.',
  );
  expect(await records(sandbox)).toEqual([]);
});

it('makes the records in another account, with the token of that one', async () => {
  const sandbox = await runningSandbox();
  const kept = { stdin: `${SANDBOX_TOKENS.warning.token}\n` };
  expect(await sandbox.run(['token', 'set'], kept)).toMatchObject({ exitCode: 0 });
  const added = await sandbox.run(['token', 'add', 'work'], { stdin: `${TOKEN}\n` });
  expect(added).toMatchObject({ exitCode: 0 });
  await api(sandbox).createDomain(ZONE);
  const made = await sandbox.run([...BASE, '--domain', 'lab.example.com']);
  expect([made.exitCode, made.stderr]).toEqual([0, '']);
  expect(made.stdout).toContain('example.com is in the account work.');
  const [server] = await entries(sandbox);
  expect(await records(sandbox)).toEqual([`A lab ${server!.ip}`, `A *.lab ${server!.ip}`]);
  const destroyed = await sandbox.run(['servers', 'destroy', 'edge', '--yes', 'edge']);
  expect([destroyed.exitCode, destroyed.stderr]).toEqual([0, '']);
  expect(await records(sandbox)).toEqual([]);
});

it('sets its domain up at once where the e-mail for the certificates came with it', async () => {
  const sandbox = await withDomains();
  await api(sandbox).createDomain(ZONE);
  const wish = ['--domain', 'lab.example.com', '--email', 'ops@example.com'];
  const made = await sandbox.run([...BASE, ...wish]);
  expect([made.exitCode, made.stderr]).toEqual([0, '']);
  expect(made.stdout).toContain('edge is set up: https://panel.lab.example.com');
  expect(made.stdout).toContain('otpauth://');
  expect(await entries(sandbox)).toMatchObject([{ domain: 'lab.example.com' }]);
});

it('names the step between boot and SSH for the desktop app, with what it made', async () => {
  const sandbox = await withDomains();
  await api(sandbox).createDomain(ZONE);
  const made = await sandbox.run([...BASE, '--domain', 'lab.example.com', '--json']);
  expect(made.exitCode).toBe(0);
  const events = made.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { step?: string; status?: string; data?: object });
  const steps = events.filter(({ status }) => status === 'running').map(({ step }) => step);
  expect(steps.slice(4, 7)).toEqual(['wait_droplet', 'setup_dns', 'wait_ssh']);
  expect(events.find(({ step, data }) => step === 'setup_dns' && data !== undefined)?.data).toEqual(
    {
      domain: 'lab.example.com',
      aRecordCreated: true,
      wildcardCreated: true,
    },
  );
});

it('refuses to replace records unasked before anything costs money, and does so when told', async () => {
  const sandbox = await withDomains();
  await api(sandbox).createDomain(ZONE);
  const old = { type: 'A', name: 'lab', data: '198.51.100.7', ttl: 1800 };
  await api(sandbox).createRecord(ZONE, old);
  const args = [...BASE, '--domain', 'lab.example.com'];
  const refused = await sandbox.run(args);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain('lab.example.com  A 198.51.100.7');
  expect(await entries(sandbox).catch(() => [])).toEqual([]);
  // Fails later: what was replaced is there again.
  await control(sandbox, { action: 'addDropletFault', fault: { kind: 'wrong-host-key' } });
  const failed = await sandbox.run([...args, '--override-dns']);
  expect(failed.stdout).toContain('Failed at Connecting via SSH');
  expect(await records(sandbox)).toEqual(['A lab 198.51.100.7']);
});

it('keeps a server whose DNS failed, and repeats it', async () => {
  const sandbox = await withDomains();
  await api(sandbox).createDomain(ZONE);
  const match = { method: 'POST', path: `/v2/domains/${ZONE}/records` };
  await control(sandbox, { action: 'addFault', fault: { kind: 'status', status: 422, match } });
  const made = await sandbox.run([...BASE, '--domain', 'lab.example.com']);
  expect(made.exitCode).toBe(0);
  expect(made.stdout).toContain('warning: DNS setup failed');
  expect(made.stdout).toContain('servers domain edge --domain lab.example.com');
  expect(await records(sandbox)).toEqual([]);
  const again = await sandbox.run(['servers', 'domain', 'edge', '--domain', 'lab.example.com']);
  expect([again.exitCode, again.stderr]).toEqual([0, '']);
  const [server] = await entries(sandbox);
  expect(await records(sandbox)).toEqual([`A lab ${server!.ip}`, `A *.lab ${server!.ip}`]);
});

it('asks for domain and e-mail at a terminal where none is given, and agrees before it makes records', async () => {
  const sandbox = await withDomains();
  await api(sandbox).createDomain(ZONE);
  expect(await sandbox.run(BASE)).toMatchObject({ exitCode: 0 });
  const program = atTerminal(sandbox, ['servers', 'domain', 'edge']);
  await program.waitFor(/Domain:\s*$/);
  program.type('lab\r');
  await program.waitFor('It needs a dot, as in lab.example.com.');
  program.type('lab.example.com\r');
  await program.waitFor('E-mail for Let’s Encrypt');
  program.type('\r');
  await program.waitFor('Type yes to create them (Enter cancels):');
  program.type('yes\r');
  await program.waitFor('lab.example.com and *.lab.example.com point to');
  expect(await program.waitForExit()).toBe(0);
  const [server] = await entries(sandbox);
  expect(await records(sandbox)).toEqual([`A lab ${server!.ip}`, `A *.lab ${server!.ip}`]);
});
