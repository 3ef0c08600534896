import { expect, it } from 'vitest';
import type { NewAgent } from '../../src/services/panel/calls/agents.js';
import type { NewTunnel, PanelTunnel } from '../../src/services/panel/calls/tunnels.js';
import { apiError } from '../../src/services/panel/panel-api-error.js';
import type { PanelApi } from '../../src/services/panel/panel-api.js';
import { EDGE, FakeWorld } from '../app/fakes/fake-world.js';
import type { TestScreenOptions } from '../fixtures/terminal/screen.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

const JANE = { username: 'jane', displayname: 'Jane', email: 'jane@example.com', groups: ['ops'] };
const INVITED = {
  id: 'i1',
  username: 'joe',
  email: 'joe@example.com',
  status: 'pending',
  expiresAt: '2026-11-30T10:00:00Z',
};
const LAPTOP = {
  label: 'laptop',
  expiresAt: '2028-11-20T10:00:00Z',
  enrollmentMethod: 'token',
  capabilities: ['tunnels:read'],
  revoked: false,
};
const CERTIFICATE = {
  type: 'letsencrypt',
  domain: 'panel.lab.example.com',
  expiresAt: '2026-12-10T10:00:00Z',
};
/** Calls that change something, in order. */
let sent: string[] = [];

/** A panel with a user, an invitation and an agent; its tunnels are what is made here. */
function teamPanel(status: string): PanelApi {
  let tunnels: readonly PanelTunnel[] = [];
  let restarted = false;
  let renewed = false;
  sent = [];
  const told = {
    onboarding: async () => ({ status, domain: 'lab.example.com' }),
    panelUrl: EDGE.panelUrl,
    tunnels: {
      list: async () => tunnels,
      async add({ subdomain, port, accessMode }: NewTunnel) {
        const fqdn = `${subdomain}.lab.example.com`;
        const made = { id: subdomain, subdomain, fqdn, port, accessMode, enabled: true };
        tunnels = [...tunnels, made];
        return made;
      },
      async setEnabled(id: string, enabled: boolean) {
        tunnels = tunnels.map((each) => (each.id === id ? { ...each, enabled } : each));
      },
      async remove(id: string) {
        tunnels = tunnels.filter((each) => each.id !== id);
      },
    },
    users: { list: async () => [JANE] },
    invitations: { list: async () => [INVITED] },
    agents: {
      list: async () => [LAPTOP, { ...LAPTOP, label: 'old', revoked: true }],
      createToken: async () => ({ token: 'tok-1234567890', expiresAt: '2026-11-23T14:10:00Z' }),
      async create({ label, capabilities }: NewAgent) {
        sent.push(`create ${label} ${capabilities.join(' ')}`);
        return { p12Password: 'pass-0987654321', expiresAt: LAPTOP.expiresAt };
      },
      download: async () => Buffer.from('p12 of an agent'),
    },
    services: async () => [
      { name: 'nginx', status: 'active', uptime: '6d' },
      { name: 'authelia', status: 'failed', uptime: null },
      { name: 'portlama-panel', status: 'active', uptime: restarted ? '1s' : '6d' },
    ],
    async restartService(name: string) {
      sent.push(`restart ${name}`);
      restarted = true;
      throw apiError(
        '203.0.113.10',
        500,
        '{"error":"Failed to restart portlama-panel"}',
        undefined,
      );
    },
    version: async () => '0.1.30',
    certificates: async () => [
      { ...CERTIFICATE, expiresAt: renewed ? '2027-02-20T10:00:00Z' : CERTIFICATE.expiresAt },
      { type: 'mtls-ca', domain: null, expiresAt: '2036-11-20T10:00:00Z' },
    ],
    renewsItself: async () => false,
    async renewPublicCertificate(domain: string) {
      sent.push(`renew ${domain}`);
      renewed = true;
    },
    close: () => undefined,
  };
  return told as unknown as PanelApi;
}

async function onTeam(
  status = 'COMPLETED',
  size: TestScreenOptions = { columns: 80, rows: 24 },
): Promise<RunningProgram> {
  const world = new FakeWorld({ servers: [EDGE] });
  const api = teamPanel(status);
  world.openPanelApi = async () => ({ api, wantsCode: false });
  const program = await startProgram(world, size);
  await program.press('enter');
  await expect.poll(() => program.text()).toContain('├ Latency');
  await program.press('w');
  return program;
}

it('names in its footer what its tabs do not', async () => {
  const program = await onTeam();
  await expect.poll(() => program.text()).toContain('n new tunnel');
  const lines = (await program.text()).trimEnd().split('\n');
  expect(lines[1]).toContain('[1 Tunnels] 2 Users  3 Agents  4 Services  5 Certs');
  expect(lines.at(-1)).toContain('n new tunnel');
  expect(lines.at(-1)).not.toMatch(/tunnels|users|agents|services|certs/);
  await program.press('2');
  await expect.poll(() => program.text()).toContain('[2 Users]');
});

const sees = (program: RunningProgram, text: string | RegExp): Promise<void> =>
  expect.poll(() => program.text()).toMatch(text);

it('makes, turns off and removes a tunnel from the page of its server', async () => {
  const program = await onTeam();
  await sees(program, 'No tunnels yet');
  await program.press('n');
  await sees(program, 'New tunnel');
  await program.type('blog');
  await program.press('enter');
  await sees(program, 'New tunnel: blog');
  await program.type('8080');
  await program.press('enter');
  await sees(program, 'Who may open blog');
  await program.press('right', 'enter');
  await sees(program, /blog +8080 +on +restricted +blog\.lab\.example\.com/);
  await program.world.clock.pass(6_000);
  await sees(program, 'https://blog.lab.example.com points to port 8080');
  await program.press('enter');
  await sees(program, /blog +8080 +off/);
  await program.press('d');
  await sees(program, 'Remove the tunnel blog');
  await program.type('blog');
  await program.press('enter', 'enter');
  await sees(program, 'No tunnels yet');
});

it('lists users, invitations and agents, and shows the line of a new agent once', async () => {
  const program = await onTeam('COMPLETED', { columns: 60, rows: 18 });
  await sees(program, 'No tunnels yet');
  await program.press('2');
  await sees(program, /jane +user/);
  expect(await program.text()).toMatch(/joe +invited, pending, until 2026-11-30/);
  expect(await program.text()).toContain('1 user, 1 invited');
  await program.press('3');
  await sees(program, /laptop +2028-11-20 \(\d+ days\) +token/);
  expect(await program.text()).toMatch(/✖ +old +revoked/);
  await program.press('n');
  await sees(program, 'New agent');
  await program.type('laptop');
  await program.press('enter');
  await sees(program, 'New agent: laptop');
  await program.press('enter');
  await sees(program, 'How does laptop get its certificate?');
  await program.press('right', 'enter');
  await sees(program, 'token is shown once');
  expect(await program.text()).toContain('tok-1234567890');
  await program.press('escape');
  await sees(program, /laptop +2028-11-20/);
  expect(JSON.stringify(program.app.store.state)).not.toContain('tok-1234567890');
});

it('makes the certificate of an agent into a file, saves it again, and shows its password once', async () => {
  const program = await onTeam();
  await sees(program, 'No tunnels yet');
  await program.press('3');
  await sees(program, /laptop +2028-11-20/);
  await program.press('n');
  await sees(program, 'New agent');
  await program.type('desk');
  await program.press('enter');
  await sees(program, 'New agent: desk');
  await program.type(', tunnels:write');
  await program.press('enter');
  await sees(program, 'How does desk get its certificate?');
  await program.press('right', 'right', 'enter');
  await sees(program, 'Tab completes the path');
  await program.press('ctrl-u');
  await program.type('/tmp/desk.p12');
  await program.press('enter');
  await sees(program, 'Its password, shown once');
  expect(await program.text()).toContain('pass-0987654321');
  await program.press('escape');
  await sees(program, /laptop +2028-11-20/);
  expect(sent).toEqual(['create desk tunnels:read tunnels:write']);
  expect(program.world.keptFiles.get('/tmp/desk.p12')?.toString()).toBe('p12 of an agent');
  expect(JSON.stringify(program.app.store.state)).not.toContain('pass-0987654321');
  await program.press('s');
  await sees(program, 'Certificate of laptop');
  await program.press('ctrl-u');
  await program.type('/tmp/laptop.p12');
  await program.press('enter');
  await expect.poll(() => program.world.keptFiles.has('/tmp/laptop.p12')).toBe(true);
});

it('restarts the panel without a failure once it answers again, and shows logs', async () => {
  const program = await onTeam();
  await sees(program, 'No tunnels yet');
  await program.press('4');
  await sees(program, /nginx +active +6d/);
  expect(await program.text()).toMatch(/✖ +authelia +failed/);
  expect(await program.text()).toMatch(/portlama-gatekeeper +not reported by the panel/);
  await program.press('down', 'down', 'R');
  await sees(program, 'Restart portlama-panel?');
  await program.press('right', 'enter');
  await sees(program, /portlama-panel +active +1s/);
  expect(sent).toEqual(['restart portlama-panel']);
  expect(await program.text()).toContain('Restarted portlama-panel: it is active.');
  await program.press('l');
  await sees(program, 'The log cannot be read from here');
  expect(await program.text()).toMatch(/journalctl -u portlama-panel/);
});

it('renews a public certificate, and says that the timer is off', async () => {
  const program = await onTeam();
  await sees(program, 'No tunnels yet');
  await program.press('5');
  await sees(program, /panel\.lab\.example\.com +2026-12-10 \(\d+ days\)/);
  expect(await program.text()).toMatch(/certificate authority of the panel +2036-11-20/);
  expect(await program.text()).toContain('Public certificates are NOT renewed automatically');
  await program.press('R');
  await sees(program, 'Renew the certificate of panel.lab.example.com now?');
  await program.press('right', 'enter');
  await sees(program, /panel\.lab\.example\.com +2027-02-20/);
  expect(sent).toEqual(['renew panel.lab.example.com']);
});

it('says that a panel offers them after its set-up', async () => {
  const program = await onTeam('FRESH');
  await sees(program, 'Tunnels of fra1-edge: not available before its set-up.');
  await program.press('4');
  await sees(program, 'Services of fra1-edge: not available before its set-up.');
  await program.press('5');
  await sees(program, 'Certificates of fra1-edge: not available before its set-up.');
  await program.press('escape');
  await sees(program, '├ Latency');
});
